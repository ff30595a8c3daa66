import { useEffect, useState } from 'preact/hooks';
import type { JsonObject } from '../contract.ts';
import { isObject } from '../json-lines.ts';
import type { MappingDetail, PaneDocuments } from '../mapping-contract.ts';

/** What is being tried: texts, because what somebody types is not always JSON. */
export interface Trial {
  readonly mapping: string;
  readonly document: string;
  /** The OneRoster document as it stands; empty for one that is new. */
  readonly base: string;
  readonly context: string;
  readonly now: string | undefined;
}

export interface Example {
  readonly title: string;
  readonly ags: JsonObject;
  readonly oneroster: JsonObject;
  readonly base?: JsonObject;
  readonly context?: JsonObject;
  readonly now?: string;
}

/** @example pretty({ a: 1 }) // '{\n  "a": 1\n}' */
export function pretty(value: JsonObject | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

/** What a text holds, undefined when it is no JSON object. */
export function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The examples that a mapping brings along, as far as they can be read. */
export function examplesOf(text: string): readonly Example[] {
  const { examples } = parsed(text) ?? {};
  const isExample = (value: unknown): boolean =>
    isObject(value) && isObject(value['ags']) && isObject(value['oneroster']);
  return Array.isArray(examples) ? (examples.filter(isExample) as unknown as readonly Example[]) : [];
}

/** The documents of an example, for a direction. */
export function trialOf(example: Example | undefined, direction: string): Omit<Trial, 'mapping'> {
  const { ags, oneroster, base, context, now } = example ?? {};
  return {
    document: pretty((direction === 'ags' ? oneroster : ags) ?? {}),
    base: pretty(base),
    context: pretty(context ?? {}),
    now,
  };
}

/** The documents of a counter-example. */
export function trialOfPanes({ document, base, context, now }: PaneDocuments): Omit<Trial, 'mapping'> {
  return { document: pretty(document), base: pretty(base), context: pretty(context), now };
}

/** The text that the gateway uses; where there is none yet, that of the newest draft. */
export function textInUse({ text, versions }: MappingDetail): string {
  return text ?? versions[0]?.text ?? '';
}

/** The text of a mapping as a person is changing it. It outlives a reload of the page, not the tab. */
export function useDraft(detail: MappingDetail): readonly [string, (text: string) => void] {
  const { name } = detail;
  const text = textInUse(detail);
  const key = `gradebridge.draft.${name}`;
  const [draft, setDraft] = useState(() => sessionStorage.getItem(key) ?? text);
  useEffect(() => {
    if (draft === text) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, draft);
  }, [key, draft, text]);
  return [draft, setDraft];
}
