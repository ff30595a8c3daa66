import { useState } from 'preact/hooks';
import { withQuery } from '../api.ts';
import { Loaded, useLoad } from '../load.tsx';
import type { ClassItem } from '../registry-contract.ts';
import { TextLine } from './fields.tsx';

interface ClassPickerProps {
  readonly upstream: string;
  readonly chosen: string;
  readonly choose: (found: ClassItem) => void;
}

interface Classes {
  readonly items: readonly ClassItem[];
  readonly isMore: boolean;
}

/** Finds a class by its title, so that nobody has to know its id. */
export function ClassPicker({ upstream, chosen, choose }: ClassPickerProps) {
  const [text, setText] = useState('');
  const [search, setSearch] = useState<string>();
  const path = `/upstreams/${encodeURIComponent(upstream)}/classes`;
  const look = (): void => setSearch(text.trim());
  const found = useLoad<Classes>(search === undefined ? undefined : withQuery(path, { search }));
  return (
    <>
      <TextLine
        label="Look for a class"
        value={text}
        change={setText}
        enter={look}
        hint="A part of its title, or its id. Nothing finds the first ones."
      />
      <p>
        <button type="button" disabled={upstream === ''} onClick={look}>
          Look in OneRoster
        </button>
      </p>
      {search !== undefined && (
        <Loaded of={found} what="the classes">
          {({ items, isMore }) => (
            <>
              {items.length === 0 && <p class="empty">No class has this in its title.</p>}
              <ul class="picks">
                {items.map((item) => (
                  <li key={item.sourcedId}>
                    <button
                      type="button"
                      aria-pressed={item.sourcedId === chosen}
                      onClick={() => choose(item)}
                    >
                      {item.title ?? item.sourcedId} <code>{item.sourcedId}</code>
                    </button>
                  </li>
                ))}
              </ul>
              {isMore && <p class="hint">There are more: write more of the title.</p>}
            </>
          )}
        </Loaded>
      )}
    </>
  );
}
