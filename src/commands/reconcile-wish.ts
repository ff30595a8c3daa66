import { REPAIRS, type Repair } from '../reconcile/finding.ts';
import { type Arguments, listOption, textOption, UsageError } from './command.ts';

/** What is asked for. */
export interface Wish {
  readonly contexts: readonly string[];
  readonly ids: readonly string[];
  readonly repairs: ReadonlySet<Repair>;
  readonly isDone: boolean;
  readonly why: string;
}

/** What the options ask for. @throws UsageError */
export function wishOf(args: Arguments): Wish {
  const named = listOption(args, 'repair');
  const wrong = named.find((name) => name !== 'all' && !REPAIRS.some((repair) => repair === name));
  if (wrong !== undefined)
    throw new UsageError(`--repair takes ${REPAIRS.join(', ')} or all, not "${wrong}"`);
  const isAll = named.includes('all');
  // What is left as it is, is not mended.
  const repairs = REPAIRS.filter((repair) => (isAll && repair !== 'leave') || named.includes(repair));
  const [isYes, why] = [args.values['yes'] === true, textOption(args, 'why')?.trim() ?? ''];
  if (isYes && repairs.length === 0) throw new UsageError('--yes is for --repair');
  if (isYes && why === '') throw new UsageError('--why is needed: it stands in the audit');
  if (why.length > 500) throw new UsageError('--why takes at most 500 characters');
  return {
    contexts: [...new Set(listOption(args, 'context'))],
    ids: [...new Set(listOption(args, 'id'))],
    repairs: new Set(repairs),
    isDone: isYes,
    why,
  };
}
