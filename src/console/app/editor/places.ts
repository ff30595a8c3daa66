import { syntaxTree } from '@codemirror/language';
import type { EditorState, Text } from '@codemirror/state';

type SyntaxNode = ReturnType<typeof syntaxTree>['topNode'];

/** Between JSON Pointers and places in the text of an editor. */

const VALUES = new Set(['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null']);

function valueIn(node: SyntaxNode | null): SyntaxNode | undefined {
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling)
    if (VALUES.has(child.name)) return child;
  return undefined;
}

/** The name of a Property, without its quotes. */
export function nameOf(property: SyntaxNode, doc: Text): string | undefined {
  const name = property.getChild('PropertyName');
  if (name === null) return undefined;
  try {
    return String(JSON.parse(doc.sliceString(name.from, name.to)));
  } catch {
    return undefined;
  }
}

function members(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name === 'Property' || VALUES.has(child.name)) found.push(child);
  return found;
}

/** The tokens of the place that a node stands at. */
export function tokensOf(start: SyntaxNode, doc: Text): readonly string[] {
  const tokens: string[] = [];
  for (let node: SyntaxNode | null = start; node !== null; node = node.parent) {
    const { parent } = node;
    if (node.name === 'Property') tokens.unshift(nameOf(node, doc) ?? '');
    else if (parent?.name === 'Array' && VALUES.has(node.name)) {
      const { from } = node;
      tokens.unshift(String(members(parent).findIndex((member) => member.from === from)));
    }
  }
  return tokens;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Where a place stands in the text: the value, or the name when only that much is there, or the nearest place above.
 *
 * @param place a JSON Pointer, or `line:column` as the gateway tells it for text that is no JSON
 */
export function rangeOf(state: EditorState, place: string): Range {
  const { doc } = state;
  const byLine = /^(\d+)(?::(\d+))?$/.exec(place);
  if (byLine) {
    const line = doc.line(Math.min(Math.max(Number(byLine[1]), 1), doc.lines));
    const from = Math.min(line.from + Math.max(Number(byLine[2] ?? 1) - 1, 0), line.to);
    return { from, to: line.to };
  }
  let node = valueIn(syntaxTree(state).topNode);
  let range: Range = { from: 0, to: Math.min(1, doc.length) };
  for (const token of place.split('/').slice(1)) {
    if (node === undefined) return range;
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const inside: readonly SyntaxNode[] = members(node);
    if (node.name === 'Array') {
      node = inside[Number(name)];
    } else {
      const property: SyntaxNode | undefined = inside.find((member) => nameOf(member, doc) === name);
      const label = property?.getChild('PropertyName');
      if (label) range = { from: label.from, to: label.to };
      node = property && valueIn(property);
    }
    if (node !== undefined) range = shortened({ from: node.from, to: node.to }, doc);
  }
  return range;
}

/** Of a value that spans lines, the first: nobody wants half a screen underlined. */
function shortened({ from, to }: Range, doc: Text): Range {
  return { from, to: Math.max(Math.min(to, doc.lineAt(from).to), Math.min(from + 1, to)) };
}
