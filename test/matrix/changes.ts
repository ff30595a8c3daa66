import type { Config, ContextConfig, ToolConfig } from '../../src/config/config.ts';
import type { DeliveryState } from '../../src/core/delivery.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { changedText, withRow } from '../workbench/texts.ts';

/** What the store says of mappings, by name. */
export type ActiveTexts = Readonly<Record<string, string>>;

/** A change between the 202 for a score and its delivery. */
export interface ChangeRow {
  /** For people. */
  readonly name: string;
  /** How the context of the score is before, when it is not as usual. */
  readonly before?: Partial<ContextConfig>;
  /** How its tool is before. */
  readonly tool?: Partial<ToolConfig>;
  readonly change: (config: Config) => Config;
  /** Mappings that are active from then on. */
  readonly mappings?: ActiveTexts;
  /** Where the delivery comes to rest. */
  readonly state: Extract<DeliveryState, 'verified' | 'held' | 'failed' | 'accepted'>;
  readonly code?: ErrorCode;
}

const context =
  (members: Partial<ContextConfig>): ChangeRow['change'] =>
  (config) => ({
    ...config,
    contexts: {
      ...config.contexts,
      'math-101': { ...config.contexts['math-101'], ...members } as ContextConfig,
    },
  });
const tool =
  (members: Partial<ToolConfig>): ChangeRow['change'] =>
  (config) => ({
    ...config,
    tools: { ...config.tools, quizzer: { ...config.tools['quizzer'], ...members } as ToolConfig },
  });
const same: ChangeRow['change'] = (config) => config;

/** Takes one entry out of a part of the configuration, and its name out of what names it. */
function without<Part extends object>(part: Part, name: string): Part {
  return Object.fromEntries(Object.entries(part).filter(([key]) => key !== name)) as Part;
}

/** A second way to the same service, and the first one as before. */
const elsewhere: ChangeRow['change'] = (config) =>
  context({ upstream: 'district' })({
    ...config,
    upstreams: { ...config.upstreams, district: config.upstreams['school'] as Config['upstreams'][string] },
  });

const table = (student: string): ContextConfig['users'] => ({ by: 'table', users: { 'student-1': student } });
const HELD = { state: 'held', code: 'CONTEXT_CHANGED' } as const;
const GONE = { state: 'failed', code: 'CONTEXT_NOT_ALLOWED' } as const;
const DELIVERED = { state: 'verified' } as const;

export const CHANGES: readonly ChangeRow[] = [
  {
    name: 'a version of the mapping of results is activated, with another stash',
    change: same,
    mappings: {
      result: changedText(
        ({ examples: _, ...mapping }) => ({ ...mapping, stash: { oneroster: '/metadata/elsewhere' } }),
        'result',
      ),
    },
    ...DELIVERED,
  },
  {
    name: 'a version of the mapping of line items is activated',
    change: same,
    mappings: {
      'line-item': withRow({ ags: '/https:~1~1x.example~1weight', oneroster: '/metadata/weight' }),
    },
    ...DELIVERED,
  },
  { name: 'the class of the context', change: context({ class: 'class-2' }), ...HELD },
  { name: 'the category of the context', change: context({ category: 'category-2' }), ...DELIVERED },
  { name: 'the school of the context', change: context({ school: 'school-2' }), ...DELIVERED },
  {
    name: 'how users become students, for the context',
    change: context({ users: { by: 'template', template: 'student-{userId}' } }),
    ...HELD,
  },
  {
    name: 'how users become students, for the tool',
    change: tool({ users: { by: 'lookup', field: 'email' } }),
    ...HELD,
  },
  {
    name: 'the table of users names another student for this one',
    before: { users: table('student-1') },
    change: context({ users: table('student-2') }),
    ...HELD,
  },
  {
    name: 'the table of users gets an entry for another one',
    before: { users: table('student-1') },
    change: context({ users: { by: 'table', users: { 'student-1': 'student-1', other: 'student-2' } } }),
    ...DELIVERED,
  },
  { name: 'the upstream of the context', change: elsewhere, ...HELD },
  {
    name: 'the upstream of the context, and the one before is taken out',
    change: (config) => {
      const moved = elsewhere(config);
      const contexts = Object.fromEntries(
        Object.entries(moved.contexts).map(([name, one]) => [name, { ...one, upstream: 'district' }]),
      );
      return { ...moved, contexts, upstreams: without(moved.upstreams, 'school') };
    },
    state: 'accepted',
  },
  { name: 'the family of the context', change: context({ family: 'assessmentLineItems' }), ...HELD },
  { name: 'the ownership of the context', change: context({ ownership: 'class' }), ...DELIVERED },
  { name: 'the policy of the context for edits', change: context({ edits: 'hold' }), ...DELIVERED },
  { name: 'the context is disabled', change: context({ disabled: true }), ...DELIVERED },
  {
    name: 'the context is taken out',
    change: (config) => ({
      ...config,
      contexts: without(config.contexts, 'math-101'),
      tools: Object.fromEntries(
        Object.entries(config.tools).map(([name, one]) => [
          name,
          { ...one, contexts: one.contexts.filter((key) => key !== 'math-101') },
        ]),
      ),
    }),
    ...GONE,
  },
  { name: 'the tool is disabled', change: tool({ disabled: true }), ...DELIVERED },
  {
    name: 'the tool is taken out',
    change: (config) => ({ ...config, tools: without(config.tools, 'quizzer') }),
    ...GONE,
  },
  {
    name: 'the name of the tool, with the former one kept',
    before: { users: { by: 'template', template: '{userId}-of-nobody' } },
    tool: { users: { by: 'sourcedId' } },
    change: (config) => ({
      ...config,
      tools: {
        ...without(config.tools, 'quizzer'),
        renamed: { ...(config.tools['quizzer'] as ToolConfig), formerNames: ['quizzer'] },
      },
    }),
    ...DELIVERED,
  },
  {
    name: 'the name of the context, with the former one kept',
    change: (config) => ({
      ...config,
      contexts: {
        ...without(config.contexts, 'math-101'),
        renamed: { ...(config.contexts['math-101'] as ContextConfig), formerNames: ['math-101'] },
      },
      tools: Object.fromEntries(
        Object.entries(config.tools).map(([name, one]) => [
          name,
          { ...one, contexts: one.contexts.map((key) => (key === 'math-101' ? 'renamed' : key)) },
        ]),
      ),
    }),
    ...DELIVERED,
  },
  { name: 'the key of the tool', change: tool({ apiKey: 'another-api-key' }), ...DELIVERED },
  {
    name: 'the contexts of the tool, without this one',
    change: tool({ contexts: ['science-7'] }),
    ...DELIVERED,
  },
  { name: 'the scopes of the tool, without scores', change: tool({ scopes: ['lineitem'] }), ...DELIVERED },
];
