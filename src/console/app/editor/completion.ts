import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { JsonObject } from '../contract.ts';
import { tokensOf } from './places.ts';
import { membersAt, valuesAt } from './schema.ts';

/** Completion of names and values from a JSON Schema. */
export function completionFrom(schema: JsonObject) {
  return ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const { doc } = state;
    let node = syntaxTree(state).resolveInner(pos, -1);
    const line = doc.lineAt(pos);
    const before = doc.sliceString(line.from, pos);
    const word = /"?[\w$-]*$/.exec(before)?.[0] ?? '';
    if (word === '' && !explicit) return null;
    const from = pos - word.length;
    const to = doc.sliceString(pos, pos + 1) === '"' ? pos + 1 : pos;
    // Text that is not yet JSON hangs below an error node, and that below what it is in.
    while (node.name === '⚠' && node.parent !== null) node = node.parent;
    const isValue =
      /:\s*"?[\w$-]*$/.test(before) || (node.name === 'Array' && !before.trimEnd().endsWith('{'));
    if (isValue) {
      const tokens = node.name === 'Array' ? [...tokensOf(node, doc), '0'] : tokensOf(node, doc);
      const options = valuesAt(schema, tokens).map((label): Completion => ({ label, type: 'constant' }));
      return options.length === 0 ? null : { from, to, options, filter: true };
    }
    const holder = holderOf(node);
    const options = membersAt(schema, tokensOf(holder, doc)).map(
      ({ text, description }): Completion => ({
        label: JSON.stringify(text),
        apply: `${JSON.stringify(text)}: `,
        type: 'property',
        ...(description !== '' && { info: description }),
      }),
    );
    return options.length === 0 ? null : { from, to, options };
  };
}

/** The object that a name is, or will be, in. */
function holderOf<Node extends { readonly name: string; readonly parent: Node | null }>(start: Node): Node {
  let node = start;
  while (node.name !== 'Object' && node.parent !== null) node = node.parent;
  return node;
}
