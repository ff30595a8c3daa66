import { useEffect, useRef, useState } from 'preact/hooks';
import type { JsonObject } from '../contract.ts';
import type { Problem } from '../mapping-contract.ts';
import type { JsonEditor as Editor } from './editor.ts';

interface JsonEditorProps {
  readonly text: string;
  readonly label: string;
  readonly change: (text: string) => void;
  readonly schema?: JsonObject;
  readonly problems?: readonly Problem[];
  readonly isReadOnly?: boolean;
}

const NONE: readonly Problem[] = [];

/** The editor as a component. It is a part of the bundle of its own, which only the workbench loads. */
export function JsonEditor({
  text,
  label,
  change,
  schema,
  problems = NONE,
  isReadOnly = false,
}: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor>();
  const latest = useRef({ text, change });
  latest.current = { text, change };
  // what changes later is handed to the editor that is there
  useEffect(() => {
    let isGone = false;
    let opened: Editor | undefined;
    void import('./editor.ts').then(({ openEditor }) => {
      if (isGone || host.current === null) return;
      const changed = (now: string): void => latest.current.change(now);
      opened = openEditor(host.current, { text: latest.current.text, label, schema, isReadOnly, changed });
      setEditor(opened);
    });
    return () => {
      isGone = true;
      opened?.close();
    };
  }, [label, schema]);
  useEffect(() => editor?.setText(text), [editor, text]);
  useEffect(() => editor?.setProblems(problems), [editor, problems]);
  useEffect(() => editor?.setReadOnly(isReadOnly), [editor, isReadOnly]);
  return <div ref={host} class="editor" data-label={label} />;
}
