import { useCallback, useEffect, useState } from 'preact/hooks';
import { asFailure, call, type Failure, withQuery } from '../api.ts';
import { Findings } from '../findings.tsx';
import { KIND_NAMES, type ReconcileFinding, type ReconcilePage } from '../reconcile-contract.ts';
import { Trouble } from '../trouble.tsx';

interface Comparison {
  readonly findings: readonly ReconcileFinding[];
  readonly looked: ReconcilePage['looked'];
  readonly isOver: boolean;
  readonly failure: Failure | undefined;
}

const NOTHING: Comparison = {
  findings: [],
  looked: { done: 0, of: 0 },
  isOver: false,
  failure: undefined,
};

/** Reads one page after another, until the last one or until nobody wants them any more. */
async function readAll(
  context: string,
  add: (page: ReconcilePage) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const path = withQuery('/reconcile', { context, after, limit: 25 });
    const page: ReconcilePage = await call('GET', path, { signal });
    add(page);
    after = page.next;
  }
}

/** Looks at a context page by page, and shows what it has found on the way. */
function useComparison(context: string): Comparison & {
  readonly again: () => void;
  /** Looks at one line item again. */
  readonly lookAgain: (lineItem: string) => void;
} {
  const [state, setState] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  // a new turn is a new comparison
  useEffect(() => {
    const abort = new AbortController();
    setState(NOTHING);
    const add = ({ items, looked, next }: ReconcilePage): void =>
      setState(({ findings }) => ({
        findings: [...findings, ...items],
        looked,
        isOver: next === undefined,
        failure: undefined,
      }));
    readAll(context, add, abort.signal).catch((cause: unknown) => {
      if (!abort.signal.aborted) setState((before) => ({ ...before, failure: asFailure(cause) }));
    });
    return () => abort.abort();
  }, [context, turn]);
  const lookAgain = (lineItem: string): void => {
    call<ReconcilePage>('GET', withQuery('/reconcile', { context, lineItem })).then(
      ({ items }) =>
        setState((before) => ({
          ...before,
          findings: [...before.findings.filter((finding) => finding.lineItem !== lineItem), ...items],
        })),
      (cause) => setState((before) => ({ ...before, failure: asFailure(cause) })),
    );
  };
  return { ...state, again, lookAgain };
}

/** More than anybody reads on one page; a kind shows the others. */
const MOST = 200;

interface CompareProps {
  readonly context: string;
  readonly kind: string | undefined;
}

/** What is otherwise in OneRoster than tools were told of a context. */
export function Compare({ context, kind }: CompareProps) {
  const { findings, looked, isOver, failure, again, lookAgain } = useComparison(context);
  const wanted = findings.filter((finding) => kind === undefined || finding.kind === kind);
  const wrong = wanted.filter(({ weight }) => weight === 'wrong');
  const shown = [...wrong, ...wanted.filter(({ weight }) => weight === 'note')].slice(0, MOST);
  const of = kind === undefined ? '' : ` of the kind “${KIND_NAMES[kind] ?? kind}”`;
  return (
    <section aria-labelledby="compared">
      <h2 id="compared">Compared with OneRoster</h2>
      {failure && (
        <Trouble
          failure={failure}
          retry={again}
          title={`It could not be compared further than ${looked.done} of ${looked.of} line items.`}
        />
      )}
      {!isOver && !failure && <HowFar looked={looked} />}
      <div role="status">
        {isOver && (
          <p>
            {looked.of} line items of tools are compared: {wrong.length} wrong, {wanted.length - wrong.length}{' '}
            to be known{of}. {wanted.length > MOST && `These are the first ${MOST}.`}
          </p>
        )}
      </div>
      <Findings findings={shown} mended={lookAgain} isAcross />
      {isOver && wanted.length === 0 && (
        <div class="empty">
          OneRoster holds what tools were told{of === '' ? '' : `: nothing is there${of}`}.
        </div>
      )}
      {(isOver || failure) && <Again again={again} />}
    </section>
  );
}

function HowFar({ looked: { done, of } }: Pick<Comparison, 'looked'>) {
  return (
    <label>
      {done} of {of} line items are compared …
      <progress max={Math.max(of, 1)} value={done} />
    </label>
  );
}

function Again({ again }: { readonly again: () => void }) {
  return (
    <p>
      <button type="button" onClick={again}>
        Compare again
      </button>
    </p>
  );
}
