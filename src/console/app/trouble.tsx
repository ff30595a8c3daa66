import type { Failure } from './api.ts';
import { Icon } from './icon.tsx';

interface TroubleProps {
  readonly failure: Failure;
  readonly title?: string;
  readonly retry?: () => void;
}

/** An error as every page shows it: what happened, what to do, and a way to try again. */
export function Trouble({ failure, title, retry }: TroubleProps) {
  return (
    <div class="notice red" role="alert">
      <Icon name="wrong" />
      <div>
        {title && <p class="strong">{title}</p>}
        <p>{failure.message}</p>
        <p class="muted">
          {failure.remedy} <code>{failure.code}</code>
        </p>
      </div>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
