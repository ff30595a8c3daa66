import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { instantOf } from '../core/date-time.ts';
import { GradebridgeError } from '../core/errors.ts';
import { inspect, isObject, type Json, type JsonObject } from '../core/json.ts';
import { type Arguments, type Io, textOption, UsageError } from './command.ts';

/**
 * A JSON object out of a text.
 *
 * @param from names it in the refusal
 * @throws GradebridgeError INVALID_JSON, INVALID_DOCUMENT
 */
export function parseDocument(json: string, from: string): JsonObject {
  let document: Json;
  try {
    document = JSON.parse(json) as Json;
  } catch {
    throw new GradebridgeError('INVALID_JSON', {
      issues: [{ pointer: '', code: 'json', message: `${from} is not JSON.` }],
    });
  }
  const unfit = inspect(document);
  if (unfit !== undefined) throw new GradebridgeError('INVALID_DOCUMENT', { issues: [unfit] });
  if (isObject(document)) return document;
  throw new GradebridgeError('INVALID_DOCUMENT', {
    issues: [{ pointer: '', code: 'type', message: `${from} is no JSON object.` }],
  });
}

/**
 * The JSON object of an option, which is a JSON text or names a file.
 *
 * @throws UsageError; GradebridgeError INVALID_JSON, INVALID_DOCUMENT
 */
export function documentOption(args: Arguments, name: string, io: Io): JsonObject | undefined {
  const value = textOption(args, name);
  if (value === undefined) return undefined;
  if (value.trimStart().startsWith('{')) return parseDocument(value, `--${name}`);
  try {
    return parseDocument(readFileSync(resolve(io.folder, value), 'utf8'), value);
  } catch (error) {
    if (error instanceof GradebridgeError) throw error;
    throw new UsageError(`--${name}: ${value} cannot be read`);
  }
}

/** The time of `--now` in milliseconds since 1970; the present when it is not given. @throws UsageError */
export function timeOption(args: Arguments): number {
  const value = textOption(args, 'now');
  if (value === undefined) return Date.now();
  const instant = instantOf(value);
  if (instant === undefined)
    throw new UsageError('--now takes a date-time with a zone, such as 2026-03-06T20:05:02Z');
  return instant;
}

/** A refusal for people: what it is, and each of its issues. */
export function refusalText({ row, details }: GradebridgeError): string {
  const issues = details.issues ?? [];
  return [row.title, ...issues.map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`)].join('\n');
}

/** The option of every command that writes over a document, in a context, at a time. */
export const WRITE_OPTIONS = {
  base: { value: 'FILE', text: 'the OneRoster document as it stands (JSON, or a file)' },
  context: { value: 'FILE', text: 'what $context.NAME stands for (JSON, or a file)' },
  now: { value: 'TIME', text: 'the time of writing, ISO 8601; default: now' },
} as const;
