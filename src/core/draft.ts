import { isEmpty, isObject, type Json, type JsonObject, type MutableJsonObject, own } from './json.ts';
import { valueAt } from './pointer.ts';

/**
 * A document being written over a base. An object of the base is copied the first time something in it changes, so the
 * base is never touched and what nobody writes is not even looked at.
 */
export class Draft {
  readonly document: MutableJsonObject;
  readonly #mine = new Set<JsonObject>();

  constructor(base: JsonObject) {
    this.document = { ...base };
  }

  /** The value at a place, as the draft stands now. */
  get(tokens: readonly string[]): Json | undefined {
    return valueAt(this.document, tokens);
  }

  /** Writes a value; false when a step on the way holds something that is no object, which is somebody else's. */
  set(tokens: readonly string[], value: Json): boolean {
    const parent = this.#open(tokens);
    if (parent === undefined) return false;
    parent[tokens[tokens.length - 1] as string] = value;
    return true;
  }

  /** Takes a member away, and the objects on the way to it that are empty then. */
  remove(tokens: readonly string[]): void {
    if (this.get(tokens) === undefined) return;
    for (let length = tokens.length; length > 0; length--) {
      const parent = this.#open(tokens.slice(0, length));
      if (parent === undefined) return;
      delete parent[tokens[length - 1] as string];
      if (length > 1 && Object.keys(parent).length > 0) return;
    }
  }

  /** The object that holds the last token, ready to be written. */
  #open(tokens: readonly string[]): MutableJsonObject | undefined {
    let node = this.document;
    for (let index = 0; index < tokens.length - 1; index++) {
      const token = tokens[index] as string;
      const child = own(node, token);
      if (!isEmpty(child) && !isObject(child)) return undefined;
      if (child === null || child === undefined || !this.#mine.has(child)) {
        const copy: MutableJsonObject = { ...child };
        this.#mine.add(copy);
        node[token] = copy;
        node = copy;
      } else {
        node = child as MutableJsonObject;
      }
    }
    return node;
  }
}
