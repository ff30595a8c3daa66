/** One line of a comparison. */
export interface DiffLine {
  readonly sign: ' ' | '+' | '−';
  readonly text: string;
}

/**
 * What changes from one text to another, line by line, by their longest common subsequence.
 *
 * @example diff('a\nb', 'a\nc').map(({ sign }) => sign).join('') // ' −+'
 */
export function diff(before: string, after: string): readonly DiffLine[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      common[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ sign: ' ', text: left[i++] ?? '' });
      j++;
    } else if (j >= right.length || (i < left.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '−', text: left[i++] ?? '' });
    } else {
      lines.push({ sign: '+', text: right[j++] ?? '' });
    }
  }
  return lines;
}

/** Lines around a change that are shown with it. */
const AROUND = 3;

/** The changed lines and those around them; undefined stands for lines that are left out. */
export function shortened(lines: readonly DiffLine[]): readonly (DiffLine | undefined)[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' '),
  );
  return lines.flatMap((line, index) => {
    if (isNear[index]) return [line];
    return index === 0 || isNear[index - 1] ? [undefined] : [];
  });
}
