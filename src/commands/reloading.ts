import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import type { LoadResult } from '../config/load.ts';
import type { Reloads } from '../reload.ts';
import { type Io, printFindings } from './command.ts';
import { proveAtStart } from './laws.ts';

/** A configuration whose own mappings hold the laws, or what is wrong with it. */
export function proven(loaded: LoadResult): LoadResult {
  if ('findings' in loaded) return loaded;
  const findings = proveAtStart(loaded.ownMappings);
  return findings.length > 0 ? { findings } : loaded;
}

interface Reloading {
  readonly reloads: Reloads;
  readonly config: Config;
  /** Undefined for the built-in configuration, which nobody edits. */
  readonly file: string | undefined;
  readonly isWatching: boolean;
  /** Whether SIGHUP asks for it; else it says that the terminal is gone. */
  readonly onHangup: boolean;
  readonly io: Io;
}

/** Reloads on SIGHUP and when, each where that is wished, a file of the configuration has changed. @returns what ends it */
export function reloadOnDemand(reloading: Reloading): () => void {
  const { reloads, config, file, isWatching, onHangup, io } = reloading;
  let isOver = false;
  const reload = async (why: string): Promise<void> => {
    const before = reloads.state().id;
    const { id, findings } = await reloads.reload();
    if (findings.length > 0) {
      io.error(`${why}: the configuration cannot be used, and what was in force stays in force.\n`);
      printFindings(findings, io);
    } else if (id !== before) io.error(`${why}: revision ${id} is in force.`);
    else io.error(`${why}: nothing has changed.`);
  };
  // It stays: without a listener, a SIGHUP that comes while the gateway stops would end it at once.
  if (onHangup) process.on('SIGHUP', () => void (isOver || reload('SIGHUP')));
  const watchers =
    isWatching && file !== undefined ? watchFiles(file, config, () => void reload('The files changed')) : [];
  return () => {
    isOver = true;
    for (const watcher of watchers) watcher.close();
  };
}

/** Milliseconds without a further change: editors write a file in several steps. */
const QUIET = 300;

/** Folders are watched, because editors put a new file in the place of the old one. */
function watchFiles(file: string, { mappingsDir }: Config, changed: () => void): readonly FSWatcher[] {
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET).unref();
  };
  const ofFile = watch(dirname(file), (_event, name) => {
    if (name === null || name === basename(file)) later();
  });
  return mappingsDir === undefined ? [ofFile] : [ofFile, watch(mappingsDir, later)];
}
