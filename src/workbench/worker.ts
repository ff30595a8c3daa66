import { parentPort } from 'node:worker_threads';
import { GradebridgeError } from '../core/errors.ts';
import { type Answer, type Job, runJob } from './bench.ts';

/** The thread of {@link ./bench.ts}: one job after another. What nobody has foreseen ends it. */
parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)));

function answer(job: Job): Answer {
  try {
    return { result: runJob(job, Date.now) };
  } catch (error) {
    if (error instanceof GradebridgeError && error.code === 'MAPPING_TOO_HEAVY') return { tooHeavy: true };
    throw error;
  }
}
