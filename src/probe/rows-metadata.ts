import { isEmpty, isObject, type JsonObject, own } from '../core/json.ts';
import { detailOf, metadataLost, objectIn, succeeded } from './exchange.ts';
import { type Row, row } from './row.ts';
import { markedMetadata } from './scene.ts';

/** What becomes of the metadata of a line item: there the gateway keeps what OneRoster has no place for. */
export const METADATA: readonly Row[] = [
  metadataRow({
    id: 'metadata.flat',
    question: 'Are strings in metadata kept?',
    needed: true,
    more: { probeText: 'Größe "5" & \'6\' – ÷', probeEmpty: '' },
    lost: 'missing',
    means: {
      kept: 'Line items are found again by marks that stand there.',
      lost: 'No line item can be written: the gateway sends metadata with each. Use a service that takes it.',
    },
    stored: 'The gateway keeps it in its own store, which has to be backed up for it.',
  }),
  metadataRow({
    id: 'metadata.nested',
    question: 'Are objects, lists, numbers and booleans in metadata kept?',
    needed: true,
    after: ['metadata.flat'],
    more: {
      probeTree: { list: [1, 'two', { deep: true }], number: 0.1, zero: 0, no: false, none: {}, empty: [] },
    },
    lost: 'missing',
    means: {
      kept: 'What OneRoster has no place for travels there and comes back as it was.',
      lost: 'What OneRoster has no place for (exact dates, extensions, the points of a score) cannot be written there.',
    },
    stored: 'The gateway keeps it in its own store, which has to be backed up for it.',
  }),
  metadataRow({
    id: 'metadata.nulls',
    question: 'Are nulls inside metadata kept?',
    after: ['metadata.nested'],
    more: { probeNulls: { nothing: null, list: [null] } },
    lost: 'note',
    means: {
      kept: 'A null in an extension of a tool comes back as null.',
      lost: 'A null in an extension of a tool does not come back.',
    },
  }),
  row({
    id: 'put.replaces',
    question: 'Does a PUT take away what it leaves out?',
    after: ['metadata.flat'],
    outcomes: {
      replaces: {
        verdict: 'ok',
        found: 'It does',
        means: 'The gateway writes over what it has read, and so keeps what others wrote.',
      },
      merges: {
        verdict: 'note',
        found: 'It does not: what was left out stays',
        means:
          'What a tool takes away (a tag, a resource id) stays there. The gateway reads it back and sends null; should that not help, the tool is refused (UPSTREAM_NOT_CLEARED).',
      },
    },
    ask: async (scene) => ({
      with: await scene.put('first', {
        ...markedMetadata(scene.subject, { probeGone: 'here' }),
        description: 'Gradebridge probe',
      }),
      without: await scene.put('first', {}),
      read: await scene.read('first'),
    }),
    judge: ({ read }) => {
      const { metadata, description } = objectIn(read) ?? {};
      const isInMetadata = isObject(metadata) && !isEmpty(own(metadata, 'probeGone'));
      if (!isInMetadata && isEmpty(description)) return 'replaces';
      const left = [...(isInMetadata ? ['metadata'] : []), ...(isEmpty(description) ? [] : ['description'])];
      return { word: 'merges', detail: left.join(', ') };
    },
  }),
];

interface MetadataRow {
  readonly id: string;
  readonly question: string;
  readonly needed?: true;
  readonly after?: readonly string[];
  readonly more: JsonObject;
  readonly lost: 'missing' | 'note';
  readonly means: { readonly kept: string; readonly lost: string };
  /** What the gateway does about it, where it can. */
  readonly stored?: string;
}

function metadataRow({ more, lost, means, stored, after = ['put.create'], ...settings }: MetadataRow): Row {
  return row({
    ...settings,
    after,
    outcomes: {
      kept: { verdict: 'ok', found: 'They are', means: means.kept },
      dropped:
        stored === undefined
          ? { verdict: lost, found: 'They are not', means: means.lost }
          : {
              verdict: 'note',
              found: 'They are not',
              means: stored,
              configuration: { metadata: 'stored' },
            },
      refused: { verdict: lost, found: 'They are refused', means: means.lost },
    },
    ask: async (scene) => ({
      put: await scene.put('first', markedMetadata(scene.subject, more)),
      read: await scene.read('first'),
    }),
    judge: ({ put, read }) => {
      if (!succeeded(put)) return { word: 'refused', ...detailOf(put) };
      const names = metadataLost(put, read);
      return names.length === 0
        ? 'kept'
        : { word: 'dropped', detail: `lost or changed: ${names.join(', ')}` };
    },
  });
}
