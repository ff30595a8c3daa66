import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { ProbeReport } from '../../src/probe/report.ts';
import type { RowReport } from '../../src/probe/row.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { newFolder, type Ran, run } from '../cli/run.ts';

/** A sandbox that ends with the test. */
export async function openSandbox(t: TestContext, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.close());
  return sandbox;
}

/** Where a service is, and who the client is there. */
export type Service = Pick<Sandbox, 'url' | 'tokenUrl' | 'clientId' | 'clientSecret'>;

/** A configuration with one upstream, in a folder of its own. */
export function configure(service: Service, upstream: JsonObject = {}): string {
  const { url, tokenUrl, clientId, clientSecret } = service;
  const document = {
    version: 1,
    upstreams: {
      school: {
        profile: 'timeback',
        baseUrl: url,
        auth: { tokenUrl, clientId, clientSecret },
        timeouts: { call: 1000 },
        retry: { attempts: 2, firstDelay: 1, longestDelay: 2 },
        ...upstream,
      },
    },
    contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
  };
  const file = join(newFolder(), 'gradebridge.config.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
}

export interface Probed extends Ran {
  readonly report: ProbeReport;
  row(id: string): RowReport;
}

/** Probes class-1 and gives the report: `(await probe(configure(sandbox))).row('put.create').verdict`. */
export async function probe(config: string, ...more: readonly string[]): Promise<Probed> {
  const ran = await run([
    'probe',
    '--upstream',
    'school',
    '--class',
    'class-1',
    '--json',
    '--config',
    config,
    ...more,
  ]);
  const report = JSON.parse(ran.out) as ProbeReport;
  return {
    ...ran,
    report,
    row: (id) => {
      const found = report.rows.find((row) => row.id === id);
      assert.ok(found, `there is no row ${id}`);
      return found;
    },
  };
}

/** What of the probe a sandbox still holds as active. */
export function activeObjects(sandbox: Sandbox): readonly string[] {
  const written = sandbox.requests().filter(({ method }) => method === 'PUT');
  const paths = new Set(written.map(({ path }) => path));
  return [...paths].filter((path) => {
    const [collection = '', id = ''] = path.split('/').slice(-2);
    return sandbox.find(collection, decodeURIComponent(id))?.['status'] === 'active';
  });
}
