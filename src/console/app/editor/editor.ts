import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Json, JsonObject } from '../contract.ts';
import type { Problem } from '../mapping-contract.ts';
import { completionFrom } from './completion.ts';
import { rangeOf } from './places.ts';
import { validate } from './schema.ts';

/** An editor of JSON. */
export interface JsonEditor {
  /** Puts in another text, as one step that can be undone; nothing when it is the same. */
  setText(text: string): void;
  /** What the gateway says of the text, shown at its places. */
  setProblems(problems: readonly Problem[]): void;
  setReadOnly(isReadOnly: boolean): void;
  focus(): void;
  close(): void;
}

export interface EditorOptions {
  readonly text: string;
  /** What it is, for those who hear the page. */
  readonly label: string;
  readonly schema?: JsonObject | undefined;
  readonly isReadOnly: boolean;
  readonly changed: (text: string) => void;
}

const THEME = EditorView.theme({
  '&': {
    color: 'var(--ink)',
    backgroundColor: 'var(--surface)',
    fontSize: 'var(--size-small)',
    height: '100%',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'transparent', border: 'none' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--tint)' },
  '.cm-selectionBackground, ::selection': { backgroundColor: 'var(--selection)' },
  '.cm-tooltip': {
    color: 'var(--ink)',
    backgroundColor: 'var(--surface)',
    borderColor: 'var(--line)',
    borderRadius: '6px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    color: 'var(--accent-ink)',
    backgroundColor: 'var(--accent)',
  },
  '.cm-completionInfo': { maxWidth: '22rem', padding: '8px 12px' },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--sans)' },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--red)' },
  '.cm-lint-marker-error': { content: '"!"', color: 'var(--red)', fontWeight: '700', textAlign: 'center' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px dotted var(--red)' },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--ink)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--green)' },
  { tag: tags.punctuation, color: 'var(--muted)' },
]);

const isJson = jsonParseLinter();

/**
 * Opens an editor in an element. It lives in a shadow root: there CodeMirror's own styles are adopted style sheets, which a
 * content security policy of `style-src 'self'` lets pass, and `<style>` elements it does not.
 *
 * @example openEditor(element, { text: '{}', label: 'Mapping', isReadOnly: false, changed: () => {} }).close()
 */
export function openEditor(parent: HTMLElement, options: EditorOptions): JsonEditor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
  const { label, schema, changed } = options;
  let foreign: readonly Problem[] = [];
  let isQuiet = false;
  const readOnly = new Compartment();
  const check = linter((view) => diagnosticsOf(view, schema, foreign), { delay: 250 });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        ...BASICS,
        check,
        schema ? autocompletion({ override: [completionFrom(schema)] }) : [],
        readOnly.of(EditorState.readOnly.of(options.isReadOnly)),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged && !isQuiet) changed(state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText: (text) => {
      if (text === view.state.doc.toString()) return;
      isQuiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isQuiet = false;
    },
    setProblems: (problems) => {
      foreign = problems;
      forceLinting(view);
    },
    setReadOnly: (isReadOnly) =>
      view.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(isReadOnly)) }),
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}

/** Tab leaves the editor, as it leaves every field: whoever has no mouse must get out of it. */
const BASICS: readonly Extension[] = [
  json(),
  lineNumbers(),
  history(),
  bracketMatching(),
  closeBrackets(),
  indentOnInput(),
  lintGutter(),
  EditorView.lineWrapping,
  syntaxHighlighting(COLOURS),
  THEME,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
];

/** What is no JSON, else what the schema and the gateway say. */
function diagnosticsOf(
  view: EditorView,
  schema: JsonObject | undefined,
  foreign: readonly Problem[],
): readonly Diagnostic[] {
  const broken = isJson(view);
  if (broken.length > 0) return broken;
  const own = schema === undefined ? [] : validate(schema, JSON.parse(view.state.doc.toString()) as Json);
  const known = own.map(({ pointer, message }): Problem => ({ place: pointer, message }));
  // What the schema finds, the gateway finds as well; it is said once.
  const others = known.length > 0 ? [] : foreign;
  return [...known, ...others].map(({ place, line, column = 1, message, remedy }) => ({
    ...rangeOf(view.state, line === undefined ? place : `${line}:${column}`),
    severity: 'error' as const,
    message: remedy === undefined ? message : `${message}. ${remedy}`,
  }));
}
