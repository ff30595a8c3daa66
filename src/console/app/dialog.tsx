import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure } from './api.ts';
import { Trouble } from './trouble.tsx';

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

/** A modal dialog: the browser keeps the focus in it, closes it on Escape, and gives the focus back. */
export function Dialog({ title, close, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={isWide ? 'wide' : ''}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}

interface AskReasonProps {
  readonly title: string;
  /** What the button says: "Discard". */
  readonly verb: string;
  readonly close: () => void;
  /** Closes the dialog when it is done; what it throws is shown. */
  readonly act: (reason: string) => Promise<void>;
  readonly isDangerous?: boolean;
  readonly hint?: string;
  /** What to show of a failure, when there is more than its words. */
  readonly explain?: (failure: Failure) => ComponentChildren;
  readonly children?: ComponentChildren;
}

/** Asks why, and does it. */
export function AskReason({ title, verb, close, act, hint, explain, children, isDangerous }: AskReasonProps) {
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const field = useId();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason')).trim();
    if (reason === '') return;
    setBusy(true);
    setFailure(undefined);
    try {
      await act(reason);
      close();
    } catch (cause) {
      setFailure(asFailure(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} close={close}>
      {children}
      <form onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
        <label for={field}>Why?</label>
        <textarea id={field} name="reason" rows={3} required maxLength={500} autofocus />
        <p class="hint">{hint ?? 'It is kept with your name in the audit.'}</p>
        {failure && <Trouble failure={failure} />}
        {failure && explain?.(failure)}
        <div class="actions">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'primary danger' : 'primary'} disabled={isBusy}>
            {isBusy ? `${verb} …` : verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
