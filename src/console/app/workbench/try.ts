import { useEffect, useState } from 'preact/hooks';
import { asFailure, call, type Failure } from '../api.ts';
import type { Direction, TryResult } from '../mapping-contract.ts';
import { parsed, type Trial } from './draft.ts';

export interface Tried {
  /** The last answer. It stays while the next one is on its way. */
  readonly result: TryResult | undefined;
  readonly failure: Failure | undefined;
  readonly isBusy: boolean;
  /** Which of the texts is no JSON object, so that nothing can be tried. */
  readonly unreadable: 'document' | 'base' | 'context' | undefined;
  readonly retry: () => void;
}

/** A pause in typing, in milliseconds. */
const PAUSE = 350;

/** Tries a mapping whenever somebody has stopped typing. */
export function useTry(name: string, trial: Trial, direction: Direction): Tried {
  const [result, setResult] = useState<TryResult>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(true);
  const [turn, setTurn] = useState(0);
  const { mapping, document, base, context, now } = trial;
  const unreadable = unreadableOf(trial);
  // a new turn is a new try
  useEffect(() => {
    if (unreadable !== undefined) {
      setBusy(false);
      return;
    }
    const abort = new AbortController();
    setBusy(true);
    const body = {
      text: mapping,
      direction,
      document: parsed(document),
      context: parsed(context) ?? {},
      ...(base.trim() !== '' && { base: parsed(base) }),
      ...(now !== undefined && { now }),
    };
    const timer = setTimeout(() => {
      const path = `/mappings/${encodeURIComponent(name)}/try`;
      call<TryResult>('POST', path, { body, signal: abort.signal }).then(
        (answer) => {
          setResult(answer);
          setFailure(undefined);
          setBusy(false);
        },
        (cause) => {
          if (abort.signal.aborted) return;
          setFailure(asFailure(cause));
          setBusy(false);
        },
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [name, mapping, document, base, context, now, direction, unreadable, turn]);
  return { result, failure, isBusy, unreadable, retry: () => setTurn(turn + 1) };
}

function unreadableOf({ document, base, context }: Trial): Tried['unreadable'] {
  if (parsed(document) === undefined) return 'document';
  if (base.trim() !== '' && parsed(base) === undefined) return 'base';
  return context.trim() !== '' && parsed(context) === undefined ? 'context' : undefined;
}
