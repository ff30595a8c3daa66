import { useEffect, useState } from 'preact/hooks';

interface TextFieldProps {
  readonly value: string;
  /** Called with the trimmed text when somebody has finished: on Enter, and on leaving the field. */
  readonly commit: (text: string) => void;
  readonly placeholder: string;
  readonly id?: string;
  /** What it is, where no label stands beside it. */
  readonly name?: string;
}

/**
 * A field that keeps what is being typed to itself: whatever is drawn anew around it, as it is when a request comes in, does
 * not take it away.
 */
export function TextField({ value, commit, placeholder, id, name }: TextFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <input
      id={id}
      aria-label={name}
      placeholder={placeholder}
      value={text}
      spellcheck={false}
      onInput={(event) => setText(event.currentTarget.value)}
      onChange={(event) => commit(event.currentTarget.value.trim())}
    />
  );
}
