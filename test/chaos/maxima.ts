import { setTimeout as sleep } from 'node:timers/promises';
import { LINE_MAXIMUM, LINES, MAXIMA } from './plan.ts';
import { createRandom } from './random.ts';
import type { Stage } from './stage.ts';
import { lineItemPath, type Tool } from './tool.ts';

const PAUSE = { least: 100, most: 600 } as const;

export interface Maxima {
  /** Changes no more; each line item has its first maximum again, as the tool was told. */
  over(): Promise<void>;
  /** Changes that were answered with 201. */
  readonly changed: number;
}

/** A tool that changes the maxima of line items while they are scored, whatever becomes of its PUTs. */
export function changeMaxima(
  seed: number,
  { gateways, tool }: Pick<Stage, 'gateways'> & { tool: Tool },
): Maxima {
  const random = createRandom(seed, 'maxima');
  let [changed, isOver] = [0, false];
  const put = async (line: number, scoreMaximum: number): Promise<boolean> => {
    const url = random.pick(gateways).url;
    const path = lineItemPath('ltiaas', `line-${line}`);
    const body = { label: `Quiz ${line}`, scoreMaximum };
    const { status } = await tool.ask({ method: 'PUT', url, path, face: 'ltiaas', body, patience: 5_000 });
    if (status === 201) changed++;
    return status === 201;
  };
  const run = async (): Promise<void> => {
    while (!isOver) {
      await put(random.between(1, LINES), random.pick(MAXIMA));
      await sleep(random.between(PAUSE.least, PAUSE.most));
    }
  };
  const running = run();
  return {
    over: async () => {
      isOver = true;
      await running;
      for (let line = 1; line <= LINES; line++)
        while (!(await put(line, LINE_MAXIMUM))) await sleep(PAUSE.most);
    },
    get changed() {
      return changed;
    },
  };
}
