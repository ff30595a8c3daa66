import { useId } from 'preact/hooks';
import { setQuery } from './place.ts';
import { TextField } from './text-field.tsx';

export interface Filter {
  /** The parameter in the address. */
  readonly name: string;
  readonly label: string;
  /** The values that can be chosen; without them, one writes. */
  readonly options?: readonly string[];
  /** What people read in place of a value. */
  readonly names?: Readonly<Record<string, string>>;
  readonly placeholder?: string;
  readonly isWide?: boolean;
  /** What is chosen when the address says nothing; without it, everything. */
  readonly fallback?: string;
}

interface FiltersProps {
  readonly label: string;
  readonly filters: readonly Filter[];
  readonly query: URLSearchParams;
}

/** What narrows a list. It lives in the address; a change begins at the first page. */
export function Filters({ label, filters, query }: FiltersProps) {
  // One that always has a value does not narrow the list: it says which list it is.
  const narrowing = filters.filter(({ fallback }) => fallback === undefined);
  const isAny = narrowing.some(({ name }) => query.has(name));
  const none = Object.fromEntries(narrowing.map(({ name }) => [name, undefined]));
  return (
    <search class="filters" aria-label={label}>
      {filters.map((filter) => (
        <Field key={filter.name} filter={filter} value={query.get(filter.name) ?? ''} />
      ))}
      {isAny && (
        <button type="button" class="quiet" onClick={() => setQuery({ ...none, after: undefined })}>
          Show all
        </button>
      )}
    </search>
  );
}

function Field({ filter, value }: { readonly filter: Filter; readonly value: string }) {
  const { name, label, options, names = {}, placeholder, isWide, fallback } = filter;
  const id = useId();
  const change = (text: string): void => setQuery({ [name]: text, after: undefined }, { replace: true });
  return (
    <div class={isWide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {options === undefined ? (
        <TextField id={id} value={value} placeholder={placeholder ?? ''} commit={change} />
      ) : (
        <select
          id={id}
          value={value || (fallback ?? '')}
          onChange={(event) => change(event.currentTarget.value)}
        >
          {fallback === undefined && <option value="">all</option>}
          {(value === '' || options.includes(value) ? options : [value, ...options]).map((option) => (
            <option key={option} value={option}>
              {names[option] ?? option}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
