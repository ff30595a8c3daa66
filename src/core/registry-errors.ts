import { type ErrorRow, row } from './error-row.ts';

/** The part of the catalogue about tools and contexts that are disabled, and changed at run time. */
export const REGISTRY_ERRORS = {
  TOOL_DISABLED: row(
    403,
    'An administrator has disabled the tool; what was promised to it is still delivered.',
    'Ask the administrator of the gateway to enable the tool; its credentials need not be changed.',
  ),
  CONTEXT_DISABLED: row(
    403,
    'An administrator has disabled the context; what was promised in it is still delivered.',
    'Ask the administrator of the gateway to enable the context, or use another one.',
  ),
  ENTRY_CHANGED: row(
    409,
    'Somebody else has changed the tool or context since it was read.',
    'Read it again, and repeat the change if it is still what you want.',
  ),
  ENTRY_EXISTS: row(
    409,
    'There is one of that name already.',
    'Take another name, or read the one that is there and change it.',
  ),
  NOTHING_TO_FORGET: row(
    409,
    'The store has nothing of that name: what the file says is used.',
    'Change the file, or disable it.',
  ),
  ENTRY_PROMISED: row(
    409,
    'Scores were promised that cannot be delivered without it.',
    'Disable it, and remove it when its deliveries are over or given up.',
  ),
  CONTEXT_CHANGED: row(
    409,
    'The context has another class, service, family or way to find students than when this was promised.',
    'Set the context back, or look at the delivery and have it tried again as the context is now, or discard it.',
  ),
  NO_API_KEY: row(
    409,
    'The tool has no API key, which a service key goes with.',
    'Give it one first; a tool that speaks AGS gets tokens from /lti/token instead.',
  ),
  ENTRY_INVALID: row(
    422,
    'The tool or context cannot be used like that, so nothing was changed.',
    'See findings: each names a place and what to do there.',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;
