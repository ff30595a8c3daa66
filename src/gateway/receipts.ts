import { GradebridgeError } from '../core/errors.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import type { At } from './ports.ts';

/** What has become of a promise, for the tool that was given it. */
export async function readReceipt(
  { id }: Extract<Operation, { kind: 'readReceipt' }>,
  at: At,
): Promise<Outcome> {
  const receipt = await at.ports.promises.receipt(id, at.caller);
  if (receipt === undefined) throw new GradebridgeError('RECEIPT_NOT_FOUND');
  return { kind: 'receipt', receipt };
}
