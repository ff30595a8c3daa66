import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { asFailure, call, type Failure } from '../api.ts';
import { Badge } from '../badge.tsx';
import type { Json } from '../contract.ts';
import { brief, inOrderOf } from '../json-lines.ts';
import type { TryResult } from '../mapping-contract.ts';
import { Trouble } from '../trouble.tsx';
import { type Example, parsed, pretty } from './draft.ts';

interface ExamplesProps {
  readonly name: string;
  readonly text: string;
  readonly result: TryResult | undefined;
  readonly change: (text: string) => void;
}

/**
 * Examples that no longer come out. They say what people agreed on, so nothing changes them by itself; but where a change was
 * meant, what comes out now can be taken over.
 */
export function Examples({ name, text, result, change }: ExamplesProps) {
  const [failure, setFailure] = useState<Failure>();
  const broken = (result?.examples ?? []).flatMap((example, index) =>
    example.holds ? [] : [{ ...example, index }],
  );
  if (broken.length === 0) return null;
  const takeOver = async (): Promise<void> => {
    setFailure(undefined);
    try {
      const indexes = broken.map(({ index }) => index);
      change(await withPresentOutcomes(name, text, indexes));
      announce('The examples now say what comes out.');
    } catch (cause) {
      setFailure(asFailure(cause));
    }
  };
  return (
    <section aria-labelledby="examples">
      <h2 id="examples">Examples that no longer come out</h2>
      <p>
        A mapping is not activated as long as one of its examples does not hold. Was the change meant? Then
        take over what comes out now; else mend the row.
      </p>
      <ul class="laws">
        {broken.map(({ title, differences }) => (
          <li key={title} class="red">
            <Badge tone="red" icon="wrong">
              example
            </Badge>
            <div>
              <p class="strong">{title}</p>
              {differences.map(({ pointer, expected, actual }) => (
                <p key={pointer}>
                  At <code>{pointer || '/'}</code> it says <code>{brief(expected)}</code>, and now there is{' '}
                  <code>{brief(actual)}</code>.
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => void takeOver()}>
        Take over what comes out now
      </button>
      {failure && <Trouble failure={failure} />}
    </section>
  );
}

/** The mapping with what its examples become now. */
async function withPresentOutcomes(name: string, text: string, indexes: readonly number[]): Promise<string> {
  const mapping = parsed(text) ?? {};
  const { examples } = mapping;
  const all = Array.isArray(examples) ? (examples as unknown as readonly Example[]) : [];
  const changed = await Promise.all(
    all.map(async (example, index) => {
      if (!indexes.includes(index)) return example;
      const { ags, base, context, now } = example;
      const body = { text, direction: 'oneroster', document: ags, base, context, now };
      const { document } = await call<TryResult>('POST', `/mappings/${encodeURIComponent(name)}/try`, {
        body,
      });
      return document === undefined
        ? example
        : { ...example, oneroster: inOrderOf(example.oneroster, document) };
    }),
  );
  return pretty({ ...mapping, examples: changed as unknown as Json });
}
