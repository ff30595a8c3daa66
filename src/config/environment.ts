import { isObject, type Json } from '../core/json.ts';
import type { Finding } from './config.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export interface Substitution {
  readonly document: Json;
  readonly findings: readonly Finding[];
}

/**
 * Puts environment variables in the place of `${NAME}` in every string of a document.
 *
 * @example substitute({ secret: '${SECRET}' }, { SECRET: 's' }, 'c.json').document // { secret: 's' }
 */
export function substitute(document: Json, environment: NodeJS.ProcessEnv, file: string): Substitution {
  const findings: Finding[] = [];
  const visit = (value: Json, place: string): Json => {
    if (typeof value === 'string') {
      return value.replaceAll(VARIABLE, (whole, name: string) => {
        const found = environment[name];
        if (found !== undefined && found !== '') return found;
        const message = `the environment variable ${name} is ${found === '' ? 'empty' : 'not set'}`;
        findings.push({ file, place, message, remedy: `set ${name}, or write the value in the file` });
        return whole;
      });
    }
    if (Array.isArray(value)) return value.map((item: Json, index) => visit(item, `${place}/${index}`));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, visit(item, `${place}/${key}`)]),
    );
  };
  return { document: visit(document, ''), findings };
}
