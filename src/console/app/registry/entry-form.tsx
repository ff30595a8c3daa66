import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { call, Failure } from '../api.ts';
import type { Finding, Json, JsonObject } from '../contract.ts';
import { AskReason } from '../dialog.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { go, href } from '../place.ts';
import { type Changed, type EntryDetail, type EntryKind, entryPath } from '../registry-contract.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import { NOT_IN_FORCE } from './actions.tsx';
import { TextLine } from './fields.tsx';
import { Findings, findingsAt, findingsOf } from './findings.tsx';

/** An entry while it is edited, as its fields see it. */
export interface Form {
  readonly entry: JsonObject;
  /** The text of a member; empty when it is not there, or no text. */
  text(member: string): string;
  /** Undefined, and an empty text, take a member away. */
  set(member: string, value: Json | undefined): void;
  /** What the gateway has found wrong at a place. */
  at(place: string): readonly Finding[];
}

interface EntryEditorProps {
  readonly kind: EntryKind;
  /** Undefined for a new one. */
  readonly name: string | undefined;
  /** What a new one begins with. */
  readonly fresh: JsonObject;
  /** Places that have a field; what is found elsewhere is told above. */
  readonly places: readonly string[];
  readonly nameHint: string;
  readonly children: (form: Form, detail: EntryDetail | undefined) => ComponentChildren;
  /** More to be sent with the entry. */
  readonly more?: (detail: EntryDetail | undefined) => JsonObject;
  /** What comes after it was saved; without it, the list does. */
  readonly saved?: (changed: Changed, entry: JsonObject) => void;
}

/** A tool or a context in a form: as it stands, or a new one. */
export function EntryEditor(props: EntryEditorProps) {
  const { kind, name } = props;
  const detail = useLoad<EntryDetail>(name === undefined ? undefined : entryPath(kind, name));
  const title = name === undefined ? `Register a ${kind}` : `Edit ${name}`;
  const lead =
    name === undefined
      ? 'It is kept in the store of the gateway, for every replica; the configuration file stays as it is.'
      : `What is saved here goes before what the configuration file says of this ${kind}.`;
  return (
    <>
      <Head title={title} lead={lead} above={['Tools and contexts', href('tools')]} />
      {name === undefined ? (
        <EntryForm {...props} detail={undefined} />
      ) : (
        <Loaded of={detail} what={`the ${kind}`}>
          {(value) => <EntryForm key={value.revision} {...props} detail={value} />}
        </Loaded>
      )}
    </>
  );
}

interface EntryFormProps extends EntryEditorProps {
  readonly detail: EntryDetail | undefined;
}

function EntryForm(props: EntryFormProps) {
  const { kind, detail, fresh, places, nameHint, children, more, saved } = props;
  const [name, setName] = useState(props.name ?? '');
  const [entry, setEntry] = useState(detail?.entry ?? fresh);
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [isAsked, setAsked] = useState(false);
  const refused = useRef<readonly Finding[]>(findings);
  const own = findings.filter(({ file }) => file === undefined || file === `${kind} ${name} in the store`);
  const form = formOf(entry, setEntry, own);
  const act = async (why: string): Promise<void> => {
    const body = { entry, revision: detail?.revision ?? null, why, ...more?.(detail) };
    try {
      const changed = await call<Changed>('PUT', entryPath(kind, name), { body });
      announce(changed.inForce ? `${name} is saved, and in force.` : NOT_IN_FORCE);
      if (saved === undefined) go(href('tools'));
      else saved(changed, entry);
    } catch (cause) {
      // What is wrong is told at its field; anything else, in the dialog.
      if (!(cause instanceof Failure) || findingsOf(cause).length === 0) throw cause;
      refused.current = findingsOf(cause);
    }
  };
  // The dialog gives the focus back as it closes; what is wrong takes it after that.
  const close = (): void => {
    setAsked(false);
    setFindings(refused.current);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    setAsked(true);
  };
  const told = own.filter((found) => places.some((place) => findingsAt([found], place).length > 0));
  return (
    <>
      <form class="entry-form" onSubmit={submit}>
        <Problems findings={findings} elsewhere={findings.filter((found) => !told.includes(found))} />
        {props.name === undefined && (
          <TextLine label="Name" value={name} change={setName} isNeeded hint={nameHint} />
        )}
        {children(form, detail)}
        <div class="actions">
          <ForOperator>
            <button type="submit" class="primary">
              {props.name === undefined ? 'Register …' : 'Save …'}
            </button>
          </ForOperator>
          <a class="button" href={href('tools')}>
            Cancel
          </a>
        </div>
      </form>
      {isAsked && (
        <AskReason
          title={props.name === undefined ? `Register ${name}` : `Save ${name}`}
          verb={props.name === undefined ? 'Register' : 'Save'}
          hint="It is checked against the whole configuration, and in force at once. Your name and the reason stand in its history and in the audit."
          close={close}
          act={act}
        />
      )}
    </>
  );
}

function formOf(
  entry: JsonObject,
  setEntry: (change: (before: JsonObject) => JsonObject) => void,
  findings: readonly Finding[],
): Form {
  return {
    entry,
    text: (member) => {
      const value = entry[member];
      return typeof value === 'string' ? value : '';
    },
    set: (member, value) =>
      setEntry((before) => {
        const { [member]: _, ...rest } = before;
        return value === undefined || value === '' ? rest : { ...rest, [member]: value };
      }),
    at: (place) => findingsAt(findings, place),
  };
}

interface ProblemsProps {
  readonly findings: readonly Finding[];
  /** Those that no field tells. */
  readonly elsewhere: readonly Finding[];
}

/** That nothing was changed; the focus goes there, so that it is read out. */
function Problems({ findings, elsewhere }: ProblemsProps) {
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (findings.length > 0) summary.current?.focus();
  }, [findings]);
  if (findings.length === 0) return null;
  return (
    <div class="notice red" role="alert" tabIndex={-1} ref={summary}>
      <div>
        <p class="strong">
          Nothing was changed:{' '}
          {findings.length === 1 ? 'one problem was' : `${findings.length} problems were`} found.
        </p>
        <Findings findings={elsewhere} />
      </div>
    </div>
  );
}
