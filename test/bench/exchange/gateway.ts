import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../../src/commands/running.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { createLog } from '../../../src/log.ts';
import { serveParent, settings, usage } from './child.ts';
import { CATEGORY, CLASS, CONTEXT, SCHOOL, TOKEN, TOOL } from './documents.ts';

/** The gateway as `gradebridge serve` starts it, with every default of its configuration. */
interface GatewaySettings {
  readonly upstream: string;
  /** The most writes that share a transaction. */
  readonly largest?: number;
  /** A database instead of a file. */
  readonly postgres?: string;
  /** How promised scores are delivered, where it is not the default. */
  readonly deliveries?: Readonly<Record<string, number>>;
}

const { upstream, largest, postgres, deliveries } = settings<GatewaySettings>();
const folder = mkdtempSync(join(tmpdir(), 'gradebridge-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const API_KEY = 'bench-api-key';
const auth = { tokenUrl: upstream + TOKEN, clientId: 'id', clientSecret: 'secret' };
const loaded = loadConfig(
  {
    version: 1,
    listen: { port: 0 },
    store: postgres === undefined ? { sqlite: join(folder, 'gradebridge.db') } : { postgres },
    ...(deliveries !== undefined && { deliveries }),
    upstreams: { bench: { profile: 'timeback', baseUrl: upstream, auth } },
    contexts: { [CONTEXT]: { upstream: 'bench', class: CLASS, school: SCHOOL, category: CATEGORY } },
    tools: { [TOOL]: { clientId: TOOL, contexts: [CONTEXT], apiKey: API_KEY } },
  },
  join(folder, 'gradebridge.config.json'),
  {},
);
if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));

const log = createLog(loaded.config.log.level);
const { url, service } = await startGateway(loaded, {
  ...{ clock: Date.now, random: Math.random, log },
  ...(largest !== undefined && { largest }),
});
const serviceKey = await service.keyring.sign('serviceKey', { tool: TOOL, context: CONTEXT });
serveParent({ url, authorization: `SERVICE-AUTH-V1 ${API_KEY}:${serviceKey}` }, usage);
