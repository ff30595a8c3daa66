import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { type Audited, createAuditor } from '../admin/auditor.ts';
import type { Admin } from '../core/admin.ts';
import type { OpenedStore } from '../store/store.ts';
import { type Arguments, textOption, UsageError } from './command.ts';

/** Who changes something, and why: of `--who` and `--why`. @throws UsageError without a reason */
export function authorOf(args: Arguments): { readonly who: string; readonly why: string } {
  const why = textOption(args, 'why')?.trim() ?? '';
  if (why === '') throw new UsageError('--why is needed: it stands in the history');
  return { who: whoIn(args), why };
}

/** Who stands in the audit, where nobody of the console can be called like that: whoever may open the store may change it. */
export function personOf(args: Arguments): Admin {
  return { name: `cli:${whoIn(args)}`, role: 'operator' };
}

function whoIn(args: Arguments): string {
  return textOption(args, 'who') ?? osUser();
}

/** A container may run as a user that has no name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'command line';
  }
}

/** The audit of an opened store, for changes that are made by the command line. */
export function witnessOn({ audit }: Pick<OpenedStore, 'audit'>): Audited {
  return createAuditor({ store: audit, clock: Date.now, newId: randomUUID });
}
