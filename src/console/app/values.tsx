import type { CopyValue } from './contract.ts';
import { Copy } from './copy.tsx';

/** Values to be pasted somewhere else. */
export function Values({ values }: { readonly values: readonly CopyValue[] }) {
  if (values.length === 0) return null;
  return (
    <ul class="values">
      {values.map(({ label, value }) => (
        <li key={label}>
          <span class="muted">{label}</span>
          <code class="path">{value}</code>
          <Copy text={value} what={label} />
        </li>
      ))}
    </ul>
  );
}
