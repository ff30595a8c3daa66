import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Finding } from '../contract.ts';

/** What the fields of a form have in common: a label, what it is for, and what is wrong with it, beside it. */
interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly findings?: readonly Finding[];
}

interface TextProps extends FieldProps {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly isNeeded?: boolean;
  /** Several lines. */
  readonly rows?: number;
  /** What Enter does; without it, it submits the form. */
  readonly enter?: () => void;
}

/** The ids of what says more about a field. */
function describedBy(id: string, { hint, findings = [] }: Omit<FieldProps, 'label'>): string | undefined {
  const ids = [...(hint ? [`${id}-hint`] : []), ...(findings.length > 0 ? [`${id}-wrong`] : [])];
  return ids.length === 0 ? undefined : ids.join(' ');
}

function Said({ id, hint, findings = [] }: Omit<FieldProps, 'label'> & { readonly id: string }) {
  return (
    <>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {findings.length > 0 && (
        <ul class="wrong" id={`${id}-wrong`}>
          {findings.map(({ place, message, remedy }) => (
            <li key={`${place} ${message}`}>
              {message}
              {remedy && `; ${remedy}`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function TextLine({ label, value, change, hint, findings = [], isNeeded, rows, enter }: TextProps) {
  const id = useId();
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || enter === undefined) return;
    event.preventDefault();
    enter();
  };
  const common = {
    id,
    value,
    required: isNeeded ?? false,
    spellcheck: false,
    autocomplete: 'off',
    'aria-invalid': findings.length > 0,
    'aria-describedby': describedBy(id, { hint, findings }),
  } as const;
  return (
    <div class="entry">
      <label for={id}>{label}</label>
      {rows === undefined ? (
        <input {...common} onInput={(event) => change(event.currentTarget.value)} onKeyDown={pressed} />
      ) : (
        <textarea {...common} rows={rows} onInput={(event) => change(event.currentTarget.value)} />
      )}
      <Said id={id} hint={hint} findings={findings} />
    </div>
  );
}

interface SelectProps extends FieldProps {
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly change: (value: string) => void;
}

export function SelectField({ label, value, options, change, hint, findings = [] }: SelectProps) {
  const id = useId();
  const isKnown = options.some(([one]) => one === value);
  return (
    <div class="entry">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={findings.length > 0}
        aria-describedby={describedBy(id, { hint, findings })}
        onChange={(event) => change(event.currentTarget.value)}
      >
        {!isKnown && <option value={value}>{value === '' ? 'choose one' : value}</option>}
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
      <Said id={id} hint={hint} findings={findings} />
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly change: (isOn: boolean) => void;
}

export function Check({ label, isOn, change }: CheckProps) {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={isOn}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
    </div>
  );
}

interface GroupProps extends FieldProps {
  readonly children: ComponentChildren;
}

/** Fields that belong together. */
export function Group({ label, hint, findings = [], children }: GroupProps) {
  const id = useId();
  return (
    <fieldset aria-describedby={describedBy(id, { hint, findings })}>
      <legend>{label}</legend>
      {children}
      <Said id={id} hint={hint} findings={findings} />
    </fieldset>
  );
}

interface ChecksProps extends FieldProps {
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly chosen: readonly string[];
  readonly change: (chosen: readonly string[]) => void;
}

/** Several of a few. What is chosen and not offered any more stays there to be taken away. */
export function Checks({ options, chosen, change, ...said }: ChecksProps) {
  const gone = chosen.filter((one) => !options.some(([value]) => value === one));
  const all = [...options, ...gone.map((one) => [one, `${one}, which is not there`] as const)];
  const toggle = (value: string, isOn: boolean): void =>
    change(all.map(([one]) => one).filter((one) => (one === value ? isOn : chosen.includes(one))));
  return (
    <Group {...said}>
      {all.map(([value, text]) => (
        <Check
          key={value}
          label={text}
          isOn={chosen.includes(value)}
          change={(isOn) => toggle(value, isOn)}
        />
      ))}
    </Group>
  );
}
