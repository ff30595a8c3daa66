import type { Json } from './contract.ts';
import { linesOf } from './json-lines.ts';

/** What is to be said of one place of a document. */
export interface Mark {
  readonly pointer: string;
  /** A sign, so that colour is not alone: ≠, +, −, • */
  readonly sign: string;
  readonly tone: 'red' | 'amber' | 'green' | 'calm';
  readonly text: string;
}

interface JsonTextProps {
  readonly value: Json;
  readonly label: string;
  readonly marks?: readonly Mark[];
}

/** A document with notes at its lines. A note on a place that the document has not stands at the nearest place above. */
export function JsonText({ value, label, marks = [] }: JsonTextProps) {
  const lines = linesOf(value);
  const places = new Set(lines.map(({ pointer }) => pointer));
  const marksAt = new Map<string, Mark[]>();
  for (const mark of marks) {
    let place = mark.pointer;
    while (!places.has(place)) place = place.slice(0, place.lastIndexOf('/'));
    const said = place === mark.pointer ? mark : beside(mark);
    const before = marksAt.get(place) ?? [];
    // Several rows may say the same of one place.
    if (!before.some(({ text }) => text === said.text)) marksAt.set(place, [...before, said]);
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="json" aria-label={label} tabIndex={0}>
      {lines.map(({ pointer, depth, name, text, kind }, index) => {
        const notes = kind === 'close' ? [] : (marksAt.get(pointer) ?? []);
        return (
          // lines have no other identity
          <div key={index} class={`line ${notes[0]?.tone ?? ''}`}>
            <span class="sign">{notes[0]?.sign ?? ''}</span>
            <code>
              {'  '.repeat(depth)}
              <span class="name">{name}</span>
              {text}
            </code>
            {notes.map((note) => (
              <span key={note.text} class="note">
                {note.text}
              </span>
            ))}
          </div>
        );
      })}
    </section>
  );
}

function beside(mark: Mark): Mark {
  return { ...mark, text: `${mark.pointer}: ${mark.text}` };
}
