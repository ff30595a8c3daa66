import type { AdminPart } from './admin.ts';
import { CONFIGURATION } from './configuration.ts';
import { DELIVERIES } from './deliveries.ts';
import { LINE_ITEMS } from './line-items.ts';
import { OVERVIEW } from './overview.ts';
import { RECONCILE } from './reconcile.ts';
import { REGISTRY } from './registry.ts';
import { SESSION } from './session.ts';
import { TRAFFIC } from './traffic.ts';
import { WORKBENCH } from './workbench.ts';

/** The whole admin API. To add operations, add them to a part, or add a part here. */
export const ADMIN_PARTS: readonly AdminPart[] = [
  SESSION,
  OVERVIEW,
  DELIVERIES,
  TRAFFIC,
  WORKBENCH,
  LINE_ITEMS,
  RECONCILE,
  CONFIGURATION,
  REGISTRY,
];
