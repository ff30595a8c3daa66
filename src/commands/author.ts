import { userInfo } from 'node:os';
import { type Arguments, textOption, UsageError } from './command.ts';

/** Who changes something, and why: of `--who` and `--why`. @throws UsageError without a reason */
export function authorOf(args: Arguments): { readonly who: string; readonly why: string } {
  const why = textOption(args, 'why')?.trim() ?? '';
  if (why === '') throw new UsageError('--why is needed: it stands in the history');
  return { who: textOption(args, 'who') ?? osUser(), why };
}

/** A container may run as a user that has no name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'command line';
  }
}
