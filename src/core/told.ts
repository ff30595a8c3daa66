/** How many deliveries there are of one tool for one line item in one state. */
export interface ToldLine {
  /** By which the receipts of the line item are asked for. */
  readonly key: string;
  readonly lineItem: string;
  readonly tool: string;
  readonly state: string;
  readonly count: number;
}

/** The receipt of a score that OneRoster has taken, and than which none is newer. */
export interface ToldScore {
  readonly id: string;
  readonly target: string;
  readonly lineItem: string;
  readonly tool: string;
  readonly timestamp: string;
  readonly fingerprint: string;
}

/** What the receipts say: what tools were told of what they had been promised, by line item. */
export interface Receipts {
  lines(context: string): Promise<readonly ToldLine[]>;
  /** @param keys of lines */
  newest(context: string, keys: readonly string[]): Promise<readonly ToldScore[]>;
}
