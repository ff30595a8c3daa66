import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Finding, Repair } from '../../src/reconcile/finding.ts';
import { ADMIN, type Person, program } from '../admin/desk.ts';
import { type Desk, openDesk } from '../ags/desk.ts';
import type { Document, WorldOptions } from '../exchange/world.ts';

/** A tool, a class that people change behind its back, and an administrator who compares. */
export interface Reconciling extends Desk {
  readonly ada: Person;
  /** The findings of a line item, of a kind when one is named. */
  found(lineItem: string, kind?: string): Promise<readonly Finding[]>;
  /** All of a context, page by page. */
  all(context?: string): Promise<readonly Finding[]>;
  /** Asks for a repair. @returns the status and body of the answer */
  mend(finding: Finding, repair: Repair): Promise<Document & { readonly status: number }>;
  /** Somebody changes an object in OneRoster. */
  change(collection: string, sourcedId: string, members: Document): void;
  hold(collection: string, sourcedId: string): Document;
}

export async function openReconciling(t: TestContext, options: WorldOptions = {}): Promise<Reconciling> {
  const desk = await openDesk(t, {
    ...options,
    config: { admin: ADMIN, ...(options.config as JsonObject | undefined) },
  });
  return reconcilingOn(desk);
}

export function reconcilingOn(desk: Desk): Reconciling {
  const { world } = desk;
  const ada = program(world);
  const all = async (context = 'math-101'): Promise<readonly Finding[]> => {
    const found: Finding[] = [];
    for (let next = ''; ; ) {
      const { status, body, text } = await ada.get(`/reconcile?context=${context}&limit=2${next}`);
      assert.equal(status, 200, text);
      found.push(...(body['items'] as Finding[]));
      if (body['next'] === undefined) return found;
      next = `&after=${body['next']}`;
    }
  };
  const hold: Reconciling['hold'] = (collection, sourcedId) => {
    const document = world.sandbox.find(collection, sourcedId);
    assert.ok(document, `OneRoster holds no ${collection} ${sourcedId}`);
    return document;
  };
  return {
    ...desk,
    ada,
    all,
    found: async (lineItem, kind) =>
      (await all()).filter((one) => one.lineItem === lineItem && (kind === undefined || one.kind === kind)),
    mend: async (finding, repair) => {
      const path = `/line-items/${encodeURIComponent(finding.lineItem)}/repairs`;
      const asked = { context: finding.context, finding: finding.id, repair };
      const planned = await ada.post(`${path}/plan`, asked);
      if (planned.status !== 200) return { status: planned.status, ...planned.body };
      const steps = planned.body['steps'] as readonly { readonly sourcedId: string }[];
      // The outbox may just be at work on others.
      const planOf = ({ path: written }: { readonly path: string }): boolean =>
        steps.some(({ sourcedId }) => written.endsWith(encodeURIComponent(sourcedId)));
      const writes = (): number => world.writes().filter(planOf).length;
      const before = writes();
      const answer = await ada.post(path, { ...asked, why: 'A test' });
      if (answer.status === 200)
        assert.equal(writes() - before, steps.length, 'as many writes as were planned');
      return { status: answer.status, ...answer.body };
    },
    change: (collection, sourcedId, members) =>
      world.sandbox.put(collection, { ...hold(collection, sourcedId), ...members }),
    hold,
  };
}

/** The only finding of a list. */
export function only(findings: readonly Finding[]): Finding {
  const [one, ...others] = findings;
  assert.ok(one && others.length === 0, JSON.stringify(findings, null, 1));
  return one;
}

/** What a machine would mend: to leave it as it is, is offered of all that is wrong. */
export function mendsOf({ repairs }: Finding): Finding['repairs'] {
  return repairs.filter(({ repair }) => repair !== 'leave');
}

export function idIn(url: string): string {
  return decodeURIComponent(url.split('/').at(-1) ?? '');
}
