import { type Check, type Diagnosis, ok, type Patient, wrong } from './checks.ts';
import { type KeyHolder, lookAtKeySet } from './key-sets.ts';

/** The public keys of those who call. */
export const TOOL_CHECKS: readonly Check[] = [
  {
    id: 'tool.keys',
    of: 'tools',
    run: (patient, name) => keysOf(patient, patient.loaded.config.tools[name]),
  },
  {
    id: 'issuer.keys',
    of: 'issuers',
    run: (patient, name) => keysOf(patient, patient.loaded.config.issuers[name]),
  },
];

async function keysOf({ loaded }: Patient, holder: KeyHolder = {}): Promise<Diagnosis | undefined> {
  const found = await lookAtKeySet(holder, loaded.config.keySets);
  if (found.at === 'none') return undefined;
  if ('problem' in found) return wrong(found.problem, found.remedy);
  const { length } = found.keys;
  return ok(
    found.at === 'address'
      ? `The key set at ${found.host} has ${length} keys.`
      : `${length} keys stand in the configuration.`,
  );
}
