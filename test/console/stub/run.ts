/** Shows the console against the stub: `node dist/test/console/stub/run.js 8090`, then /console/ with the token operator or viewer. */
import { startStub } from './stub.ts';

const { url } = await startStub(Number(process.argv[2] ?? 8090));
console.error(`${url}/console/ (tokens: operator, viewer)`);
