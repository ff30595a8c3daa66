import { facesOf } from '../../../../src/admission.ts';
import type { Config } from '../../../../src/config/config.ts';
import { type AppParts, createRouter } from '../../../../src/http/app.ts';
import { wholeTable } from '../../../admin/table.ts';

type Routed = ReturnType<typeof createRouter>['stack'][number];

/** Every route that the gateway gives to its router, as the document writes it: `GET /api/lineitems/{id}`. */
export function servedRoutes(): readonly string[] {
  const config = { publicUrl: 'https://grades.example', tools: {}, contexts: {}, issuers: {}, keySets: {} };
  const admitting = { keyring: {}, failures: {}, clock: Date.now } as Parameters<typeof facesOf>[1];
  const parts = {
    faces: facesOf(config as unknown as Config, admitting),
    admin: { routes: wholeTable(), console: 'nowhere' },
    limits: { body: 1, inFlight: 1, tool: {} },
  };
  // Nothing is asked of it: its routes are there before anything is.
  return createRouter(parts as unknown as AppParts).stack.flatMap(requestsOf);
}

function requestsOf({ route }: Routed): readonly string[] {
  if (route === undefined) return [];
  const { path, methods } = route as unknown as { path: string; methods: Readonly<Record<string, boolean>> };
  const names = Object.keys(methods).filter((method) => !method.startsWith('_'));
  return names.map((method) => `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
}
