import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { asFailure, call, type Failure } from './api.ts';
import { Trouble } from './trouble.tsx';

/** Something that is read from the gateway. What was read stays while it is read anew. */
export interface Load<Value> {
  readonly value: Value | undefined;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
  /** When the value was read, in milliseconds since 1970. */
  readonly at: number;
  readonly reload: () => void;
}

interface State<Value> {
  readonly path: string | undefined;
  readonly value: Value | undefined;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
  readonly at: number;
}

/**
 * Reads a path of the admin API, and again whenever it changes.
 *
 * @param path undefined when there is nothing to read yet
 * @param every milliseconds between two reads; without it, once
 */
export function useLoad<Value>(path: string | undefined, every?: number): Load<Value> {
  const nothing: State<Value> = { path, value: undefined, failure: undefined, isLoading: true, at: 0 };
  const [state, setState] = useState(nothing);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  // a new turn is a new read
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    setState((before) => ({ ...(before.path === path ? before : nothing), path, isLoading: true }));
    call<Value>('GET', path, { signal: abort.signal }).then(
      (value) => setState({ path, value, failure: undefined, isLoading: false, at: Date.now() }),
      (cause) => {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, failure: asFailure(cause), isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [path, turn]);
  useEffect(() => {
    if (every === undefined) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), every);
    return () => clearInterval(timer);
  }, [every, reload]);
  const isOfPath = state.path === path;
  return { ...(isOfPath ? state : nothing), reload };
}

interface LoadedProps<Value> {
  readonly of: Load<Value>;
  /** What is read, for people: "the deliveries". */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}

/** What was read; a quiet placeholder before, and what to do when it cannot be read. */
export function Loaded<Value>({ of, what, children }: LoadedProps<Value>) {
  const { value, failure, at, reload } = of;
  if (value === undefined && failure === undefined) return <Waiting what={what} />;
  return (
    <>
      {failure && (
        <Trouble
          failure={failure}
          retry={reload}
          title={
            value === undefined
              ? `Gradebridge could not read ${what}.`
              : `Gradebridge could not read ${what} again; this is as of ${new Date(at).toLocaleTimeString()}.`
          }
        />
      )}
      {value !== undefined && children(value)}
    </>
  );
}

export function Waiting({ what }: { readonly what: string }) {
  return (
    <div class="waiting" role="status">
      <span class="sr-only">Reading {what} …</span>
      <i aria-hidden="true" />
      <i aria-hidden="true" />
      <i aria-hidden="true" />
    </div>
  );
}
