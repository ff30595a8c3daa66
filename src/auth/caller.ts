import type { NamedCaller } from '../core/names.ts';
import type { Caller, Scope } from '../core/operation.ts';

type Established = Omit<Caller, keyof { [Key in keyof Caller as Key extends symbol ? Key : never]: unknown }>;

/** The one place where a caller comes into being: who has been made out by credentials, just now or before. */
export function makeCaller(established: Established): Caller {
  return established as unknown as Caller;
}

/**
 * Who was promised a write: a guard has made them out when the promise was given. They may do what the promise says.
 *
 * @example rememberedCaller({ tool: 'quizzer', context: 'math-101' })
 */
export function rememberedCaller({ tool, context, former }: NamedCaller): Caller {
  return makeCaller({ tool, context, former, scopes: new Set<Scope>(['lineitem', 'score']) });
}
