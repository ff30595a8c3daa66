import type { Note } from './contract.ts';
import type { Mark } from './json-text.tsx';

interface NoteLook {
  readonly sign: string;
  readonly text: string;
}

/** What each kind of note means; the same sentences as `gradebridge translate --explain`. */
const LOOKS: Readonly<Record<string, NoteLook>> = {
  defaulted: { sign: '+', text: 'the other side gives nothing; a default stands in its place' },
  stashed: { sign: '•', text: 'OneRoster has no place for it; it travels in the stash' },
  inexact: { sign: '≈', text: 'OneRoster holds it in another form; the original travels in the stash' },
  context: { sign: '•', text: 'comes from the context' },
  constant: { sign: '•', text: 'is always written' },
  kept: { sign: '=', text: 'stands in OneRoster and stays' },
  unreadable: { sign: '!', text: 'holds something that the mapping cannot read; it is left out' },
  edited: { sign: '!', text: 'changed in OneRoster since the last write' },
};
const UNKNOWN: NoteLook = { sign: '•', text: '' };

function lookOf(kind: string): NoteLook {
  return LOOKS[kind] ?? { ...UNKNOWN, text: kind };
}

/**
 * Notes as marks of one side's document.
 *
 * @param below where in what is shown that document begins, such as `/result`
 */
export function marksOfNotes(notes: readonly Note[], side: 'ags' | 'oneroster', below = ''): readonly Mark[] {
  return notes.flatMap((note) => {
    const pointer = note[side];
    const { sign, text } = lookOf(note.kind);
    return pointer === undefined
      ? []
      : [{ pointer: below + pointer, sign, text, tone: sign === '!' ? 'amber' : 'calm' } as const];
  });
}

/** Notes, field by field. */
export function NoteList({ notes }: { readonly notes: readonly Note[] }) {
  if (notes.length === 0) return <p class="empty">Nothing: every member went over as it is.</p>;
  return (
    <ul class="notes">
      {notes.map(({ kind, ags, oneroster }) => (
        <li key={`${kind} ${ags} ${oneroster}`}>
          <span class="sign">{lookOf(kind).sign}</span>
          <span>
            <code>{[ags, oneroster].filter(Boolean).join(' ↔ ')}</code>
            <span class="block muted">{lookOf(kind).text}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
