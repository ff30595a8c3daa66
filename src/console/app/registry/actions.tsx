import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { call } from '../api.ts';
import { AskReason } from '../dialog.tsx';
import { queryHref } from '../place.ts';
import { type Changed, type EntryItem, type EntryKind, entryPath } from '../registry-contract.ts';
import { ForOperator } from '../session.tsx';
import { Findings, findingsOf } from './findings.tsx';

interface ActionsProps {
  readonly kind: EntryKind;
  readonly item: EntryItem;
  readonly changed: () => void;
}

type Verb = 'disable' | 'enable' | 'forget';

interface Words {
  readonly title: string;
  readonly verb: string;
  readonly hint: string;
  readonly said: string;
}

function wordsFor(verb: Verb, kind: EntryKind, { name, isInFile }: EntryItem): Words {
  const kept = 'What was promised is still delivered. It is kept with your name in the audit.';
  if (verb === 'enable')
    return {
      title: `Enable ${name}`,
      verb: 'Enable',
      hint: 'Its credentials are good again.',
      said: 'enabled',
    };
  if (verb === 'disable') {
    const hint =
      kind === 'tool'
        ? 'It is refused from now on, whatever it shows.'
        : 'Every tool is refused there from now on.';
    return { title: `Disable ${name}`, verb: 'Disable', hint: `${hint} ${kept}`, said: 'disabled' };
  }
  if (isInFile) {
    const hint =
      'What was changed here is taken away, API keys and ended service keys included; the file counts again.';
    return {
      title: `Use the file again for ${name}`,
      verb: 'Use the file',
      hint,
      said: 'as the file has it',
    };
  }
  const hint = 'It is gone from then on. Its line items stay in OneRoster.';
  return { title: `Remove ${name}`, verb: 'Remove', hint, said: 'removed' };
}

/** What can be done with a tool or a context, each after a reason. */
export function Actions({ kind, item, changed }: ActionsProps) {
  const [asked, setAsked] = useState<Verb>();
  const { name, isDisabled = false, source, isInFile } = item;
  const words = asked && wordsFor(asked, kind, item);
  const act = async (verb: Verb, why: string, said: string): Promise<void> => {
    const { inForce } = await call<Changed>('POST', `${entryPath(kind, name)}/${verb}`, { body: { why } });
    announce(inForce ? `${name} is ${said}.` : NOT_IN_FORCE);
    changed();
  };
  const edit = kind === 'tool' ? { edit: name } : { 'edit-context': name };
  return (
    <ForOperator>
      <div class="actions">
        <a class="button" href={queryHref(edit)} aria-label={`Edit ${name}`}>
          Edit
        </a>
        <button
          type="button"
          onClick={() => setAsked(isDisabled ? 'enable' : 'disable')}
          aria-label={`${isDisabled ? 'Enable' : 'Disable'} ${name} …`}
        >
          {isDisabled ? 'Enable …' : 'Disable …'}
        </button>
        {source === 'console' && (
          <button
            type="button"
            onClick={() => setAsked('forget')}
            aria-label={isInFile ? `Use the file again for ${name} …` : `Remove ${name} …`}
          >
            {isInFile ? 'Use the file again …' : 'Remove …'}
          </button>
        )}
      </div>
      {asked && words && (
        <AskReason
          title={words.title}
          verb={words.verb}
          hint={words.hint}
          isDangerous={asked !== 'enable'}
          close={() => setAsked(undefined)}
          act={(why) => act(asked, why, words.said)}
          explain={(failure) => <Findings findings={findingsOf(failure)} />}
        />
      )}
    </ForOperator>
  );
}

/** When a change is in the store, and the file stands in its way. */
export const NOT_IN_FORCE =
  'It is written down, but not in force: the configuration file cannot be used. The page Configuration says why.';
