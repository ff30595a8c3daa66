#!/usr/bin/env node
import { runCli } from './cli.ts';
import { outliveStreams } from './terminal.ts';

const { isThere } = outliveStreams();
process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
  environment: process.env,
  folder: process.cwd(),
  input: process.stdin,
  isAtTerminal: isThere,
  ...(process.stderr.isTTY && { terminal: process.stderr }),
});
