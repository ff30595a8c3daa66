/** What tools ask for, in words. */
const NAMES: Readonly<Record<string, string>> = {
  listLineItems: 'List line items',
  createLineItem: 'Create a line item',
  getLineItem: 'Read a line item',
  replaceLineItem: 'Write a line item',
  deleteLineItem: 'Delete a line item',
  postScore: 'Post a score',
  readReceipt: 'Read a receipt',
  readResults: 'Read results',
  alignResults: 'Bring results in line with their line item',
};

/** @example titleOf({ operation: 'postScore', method: 'POST', route: '/x' }) // 'Post a score' */
export function titleOf({
  operation,
  method,
  route,
}: {
  readonly operation?: string | undefined;
  readonly method: string;
  readonly route: string;
}): string {
  if (operation === undefined) return `${method} ${route}`;
  return Object.hasOwn(NAMES, operation) ? (NAMES[operation] ?? operation) : operation;
}
