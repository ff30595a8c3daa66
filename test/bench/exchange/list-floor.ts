import { serveParent, settings, usage } from './child.ts';
import { CLASS } from './documents.ts';

/** What any gateway must do to list a class: parse what the upstream says. The pages are fetched once, and parsed each time. */
const { upstream, count } = settings<{ upstream: string; count: number }>();
const LIMIT = 3000;

const texts: string[] = [];
for (let offset = 0; offset < count; offset += LIMIT) {
  const path = `/ims/oneroster/gradebook/v1p2/classes/${CLASS}/lineItems?limit=${LIMIT}&offset=${offset}`;
  texts.push(await (await fetch(upstream + path)).text());
}

function parse(times: number): number {
  let rows = 0;
  for (let done = 0; done < times; done++)
    for (const text of texts) rows += (JSON.parse(text) as { lineItems: unknown[] }).lineItems.length;
  return rows;
}

serveParent<'usage' | { readonly times: number }>({}, (question) =>
  question === 'usage' ? usage() : parse(question.times),
);
