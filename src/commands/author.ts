import { type Arguments, textOption, UsageError } from './command.ts';
import { osUser } from './os-user.ts';

/** Who changes something, and why: of `--who` and `--why`. @throws UsageError without a reason */
export function authorOf(args: Arguments): { readonly who: string; readonly why: string } {
  const why = textOption(args, 'why')?.trim() ?? '';
  if (why === '') throw new UsageError('--why is needed: it stands in the history');
  return { who: textOption(args, 'who') ?? osUser(), why };
}
