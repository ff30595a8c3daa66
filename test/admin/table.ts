import { type AdminParts, adminRoutes } from '../../src/admin/routes.ts';
import type { AdminRoute } from '../../src/core/admin.ts';
import { mappingRoutes, type WorkbenchParts } from '../../src/workbench/routes.ts';

/** The whole table of the admin API, with nothing behind it: rows are made before anything is asked. */
export function wholeTable(): readonly AdminRoute[] {
  const parts = {
    hasTokens: true,
    oidc: { publicUrl: 'https://grades.example' },
    configuration: {},
    registry: {},
    lookups: { tools: {} },
    overview: {},
    deliveries: {},
    traffic: {},
    lineItems: {},
    reconcile: {},
    checks: { tools: {}, upstreams: {} },
  };
  return [...adminRoutes(parts as unknown as AdminParts), ...mappingRoutes({} as WorkbenchParts)];
}
