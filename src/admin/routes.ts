import type { AdminRoute } from '../core/admin.ts';
import { auditRoutes } from './auditor.ts';
import { type CheckParts, checkRoutes } from './checks.ts';
import { type ConfigurationParts, configurationRoutes } from './configuration.ts';
import { type DeliveryParts, deliveryRoutes } from './deliveries.ts';
import type { Gate } from './gate.ts';
import { type LineItemParts, lineItemRoutes } from './line-items.ts';
import { type LookupParts, lookupRoutes } from './lookups.ts';
import { type OidcParts, oidcRoutes } from './oidc.ts';
import { type OverviewParts, overviewRoutes } from './overview.ts';
import type { AuditStore } from './ports.ts';
import { type ReconcileParts, reconcileRoutes } from './reconcile.ts';
import { type RegistryRouteParts, registryRoutes } from './registry.ts';
import { sessionRoutes } from './session-routes.ts';
import { type TrafficParts, trafficRoutes } from './traffic.ts';

export interface AdminParts {
  readonly gate: Gate;
  readonly hasTokens: boolean;
  readonly oidc: OidcParts | undefined;
  readonly audit: AuditStore;
  readonly configuration: ConfigurationParts;
  readonly overview: OverviewParts;
  readonly deliveries: DeliveryParts;
  readonly traffic: TrafficParts;
  readonly lineItems: LineItemParts;
  readonly registry: RegistryRouteParts;
  readonly lookups: LookupParts;
  readonly reconcile: ReconcileParts;
  readonly checks: CheckParts;
}

/**
 * The table of the admin API, each path below `/admin/v1`. Other parts add rows of their own behind it.
 *
 * @example const routes = [...adminRoutes(parts), ...workbenchRoutes(workbench)]
 */
export function adminRoutes(parts: AdminParts): readonly AdminRoute[] {
  const { gate, hasTokens, oidc } = parts;
  const { audited } = parts.configuration;
  return [
    ...sessionRoutes({ gate, audited, ways: { token: hasTokens, oidc: oidc && { issuer: oidc.issuer } } }),
    ...(oidc === undefined ? [] : oidcRoutes(oidc)),
    ...overviewRoutes(parts.overview),
    ...deliveryRoutes(parts.deliveries),
    ...trafficRoutes(parts.traffic),
    ...lineItemRoutes(parts.lineItems),
    ...reconcileRoutes(parts.reconcile),
    ...configurationRoutes(parts.configuration),
    ...registryRoutes(parts.registry),
    ...lookupRoutes(parts.lookups),
    ...checkRoutes(parts.checks),
    ...auditRoutes({ store: parts.audit }),
  ];
}
