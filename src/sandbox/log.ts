import type { RecordedRequest } from './types.ts';

const kept = 5000;

/** The last requests, in order of arrival. */
export interface RequestLog {
  /** Adds the record and gives it back, for its status is only known later. */
  add(record: RecordedRequest): RecordedRequest;
  recent(): readonly RecordedRequest[];
  clear(): void;
}

/** A log that keeps 5000 records; it is trimmed in large steps to stay cheap per request. */
export function createLog(): RequestLog {
  let records: RecordedRequest[] = [];
  return {
    add: (record) => {
      if (records.length >= 2 * kept) records = records.slice(-kept);
      records.push(record);
      return record;
    },
    recent: () => records.slice(-kept),
    clear: () => {
      records = [];
    },
  };
}
