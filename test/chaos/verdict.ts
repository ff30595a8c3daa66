import { commentOf, type FaceName, isOnOtherMaximum, type Pair, readComment, readValue } from './plan.ts';

/** One try of a client to have a score taken. */
export interface Attempt {
  readonly index: number;
  readonly face: FaceName;
  readonly process: number;
  /** Milliseconds since the run began. */
  readonly from: number;
  readonly to: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Of a refusal. */
  readonly code?: string | undefined;
  /** Of a promise. */
  readonly receipt?: string | undefined;
}

/** A receipt, when everything was over. */
export interface FinalReceipt {
  readonly state: string;
  readonly error?: string | undefined;
}

/** An active result of a pair in OneRoster. */
export interface Row {
  readonly sourcedId: string;
  readonly score: unknown;
  readonly comment: unknown;
}

/** Everything that is known of one pair in the end. */
export interface PairRecord {
  readonly pair: Pick<Pair, 'number' | 'hasTimestamps'>;
  readonly attempts: readonly Attempt[];
  readonly receipts: ReadonlyMap<string, FinalReceipt>;
  readonly rows: readonly Row[];
}

/**
 * - lost: what was promised does not stand, nor anything newer; or a promise has not come to an end
 * - doubled: two results, or what belongs to somebody else
 * - stale: something older than the newest promise stands
 * - wrong: the number of a score is not on the maximum of its line item
 * - untrue: what stands was refused, a receipt says what is not so, or a score was refused for a reason that there is not
 */
export const FAULTS_OF_GRADES = ['lost', 'doubled', 'stale', 'wrong', 'untrue'] as const;

export interface Violation {
  readonly kind: (typeof FAULTS_OF_GRADES)[number];
  readonly pair: number;
  readonly what: string;
}

const isTaken = ({ status }: Attempt): boolean => status === 200 || status === 204 || status === 202;
/** No answer, or one that says nothing of what became of the score. */
const isOpen = ({ status }: Attempt): boolean => status === 0 || status === 429 || status >= 500;
const isOutrun = ({ code }: Attempt): boolean => code === 'SCORE_STALE';

const ENDS = ['acknowledged', 'verified', 'superseded'];

/**
 * Holds what a pair's client was told against what stands in OneRoster. To be told that a score is too old is a promise as well:
 * that something newer stands, or will.
 *
 * @example judge({ pair, attempts, receipts, rows }) // []
 */
export function judge(record: PairRecord): readonly Violation[] {
  const { pair, rows } = record;
  const violation = (kind: Violation['kind'], what: string): Violation => ({ kind, pair: pair.number, what });
  const [row, ...others] = rows;
  const doubled = others.length > 0 ? [violation('doubled', `${rows.length} results stand`)] : [];
  const read = row === undefined ? undefined : readValue(Number(row.score));
  const said = readComment(String(row?.comment));
  if (said.pair === pair.number && isOnOtherMaximum(Number(row?.score), said))
    return [...doubled, violation('wrong', `${said.index} stands as ${row?.score}`)];
  if (row !== undefined && (read?.pair !== pair.number || row.comment !== commentOf(pair.number, read.index)))
    return [...doubled, violation('doubled', `a result with ${row.score}, "${row.comment}" stands`)];
  const standing = read?.index ?? 0;
  return [
    ...doubled,
    ...judgeStanding(record, standing).map(([kind, what]) => violation(kind, what)),
    ...judgeReceipts(record, standing).map(([kind, what]) => violation(kind, what)),
  ];
}

type Finding = readonly [Violation['kind'], string];

function judgeStanding({ attempts }: PairRecord, standing: number): readonly Finding[] {
  const newest = Math.max(0, ...attempts.filter(isTaken).map(({ index }) => index));
  const outrun = Math.max(0, ...attempts.filter(isOutrun).map(({ index }) => index));
  const findings: Finding[] = [];
  if (standing < newest)
    findings.push([standing === 0 ? 'lost' : 'stale', `${standing} stands, ${newest} was promised`]);
  if (outrun >= standing && outrun > 0 && outrun >= newest)
    findings.push(['lost', `${outrun} was refused as older, and nothing newer stands`]);
  const may = attempts.filter((attempt) => isTaken(attempt) || isOpen(attempt));
  if (standing > 0 && !may.some(({ index }) => index === standing))
    findings.push(['untrue', `${standing} stands, which was refused`]);
  for (const { index, code } of attempts.filter((one) => !isTaken(one) && !isOpen(one) && !isOutrun(one)))
    findings.push(['untrue', `${index} was refused with ${code}`]);
  return findings;
}

function judgeReceipts({ pair, attempts, receipts }: PairRecord, standing: number): readonly Finding[] {
  // Without timestamps, a score that is sent again is another one, which supersedes the first.
  const isBehind = (index: number): boolean => (pair.hasTimestamps ? standing <= index : standing < index);
  return attempts.flatMap(({ index, receipt }): readonly Finding[] => {
    if (receipt === undefined) return [];
    const final = receipts.get(receipt);
    if (final === undefined) return [['lost', `the receipt ${receipt} of ${index} is gone`]];
    if (!ENDS.includes(final.state))
      return [['lost', `the receipt ${receipt} of ${index} is ${final.state}, ${final.error}`]];
    if (final.state === 'superseded' && isBehind(index))
      return [['untrue', `the receipt of ${index} says superseded, and ${standing} stands`]];
    if (final.state !== 'superseded' && standing < index)
      return [['untrue', `the receipt of ${index} says ${final.state}, and ${standing} stands`]];
    return [];
  });
}
