import type { Failure } from '../api.ts';
import type { Finding } from '../contract.ts';

export function findingsOf({ problem }: Failure): readonly Finding[] {
  const { findings } = problem;
  return Array.isArray(findings) ? (findings as readonly Finding[]).map(atMember) : [];
}

/** A member that is missing is missed where it would stand. */
function atMember(finding: Finding): Finding {
  const member = /^"(\w+)" is missing$/.exec(finding.message)?.[1];
  if (member === undefined) return finding;
  return { ...finding, place: `${finding.place === '/' ? '' : finding.place}/${member}` };
}

/** Those about one place of an entry, or about what is in it: `findingsAt(findings, '/contexts')`. */
export function findingsAt(findings: readonly Finding[], place: string): readonly Finding[] {
  return findings.filter((found) => found.place === place || found.place.startsWith(`${place}/`));
}

/** What stands in the way, where no field is there to say it at. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="notes">
      {findings.map(({ file, place, message, remedy }) => (
        <li key={`${file} ${place} ${message}`}>
          <code>{[file, place].filter(Boolean).join(' ')}</code> {message}
          {remedy && <span class="block">→ {remedy}</span>}
        </li>
      ))}
    </ul>
  );
}
