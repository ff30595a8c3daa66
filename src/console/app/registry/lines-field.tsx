import { useState } from 'preact/hooks';
import type { Finding, Json } from '../contract.ts';
import { TextLine } from './fields.tsx';

interface LinesFieldProps {
  readonly label: string;
  readonly value: Json | undefined;
  /** Undefined when there is nothing. */
  readonly change: (lines: readonly string[] | undefined) => void;
  readonly hint: string;
  readonly findings: readonly Finding[];
}

/** A list of texts, one a line. What is being typed stays as it is typed. */
export function LinesField({ label, value, change, hint, findings }: LinesFieldProps) {
  const [text, setText] = useState(Array.isArray(value) ? value.join('\n') : '');
  const write = (now: string): void => {
    setText(now);
    const lines = now.split('\n').flatMap((line) => line.trim() || []);
    change(lines.length === 0 ? undefined : lines);
  };
  return <TextLine label={label} value={text} change={write} rows={2} hint={hint} findings={findings} />;
}
