import { announce } from './announce.tsx';
import { Icon } from './icon.tsx';

interface CopyProps {
  readonly text: string;
  /** What is copied, for people: "token URL". */
  readonly what: string;
  readonly label?: string;
}

export function Copy({ text, what, label = 'Copy' }: CopyProps) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`The ${what} is in the clipboard.`);
    } catch {
      // Without https, browsers have no clipboard for pages.
      announce(`The browser does not allow it: select the ${what} and copy it.`);
    }
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy()} aria-label={`${label} ${what}`}>
      <Icon name="copy" /> {label}
    </button>
  );
}
