import { isEmpty, type Json, type JsonObject, type MutableJsonObject, own } from './json.ts';
import { at, type Holder, type Opened, type Place } from './places.ts';

/** An object under construction: `undefined` stands for a member that was taken away. */
type Node = { [member: string]: Json | undefined };

/**
 * A document being written over a base. A holder of the base is copied the first time something in it changes: the base is
 * never touched, and a draft that nobody has written is the base itself.
 *
 * @example new Draft(open({ label: 'Quiz' }, holders), holders)
 */
export class Draft {
  readonly #holders: readonly Holder[];
  readonly #nodes: (JsonObject | undefined)[];
  readonly #copies: (Node | undefined)[] = [];
  /** By number, the holders from which something was taken away. */
  #holed: boolean[] | undefined;

  constructor(base: Opened, holders: readonly Holder[]) {
    this.#nodes = base.slice();
    this.#holders = holders;
  }

  /** The value at a place, as the draft stands now. */
  get(place: Place): Json | undefined {
    return at(this.#nodes, place);
  }

  /** Writes a value; false when a step on the way holds something that is no object, which is somebody else's. */
  set(place: Place, value: Json): boolean {
    const node = this.#copy(place.holder);
    if (node === undefined) return false;
    node[place.name] = value;
    return true;
  }

  /** Takes a member away, and the holders on the way to it that are empty then. */
  remove(place: Place): void {
    if (this.get(place) === undefined) return;
    const node = this.#copy(place.holder) as Node;
    // `delete` would make this, and every object that is copied from it, slow to read for good.
    node[place.name] = undefined;
    this.#holed ??= [];
    this.#holed[place.holder] = true;
  }

  /** The document as written. The draft is not to be used afterwards. */
  finish(): JsonObject {
    if (this.#holed !== undefined) this.#closeHoles(this.#holed);
    return this.#nodes[0] as JsonObject;
  }

  /** The holder, ready to be written. */
  #copy(holder: number): Node | undefined {
    const mine = this.#copies[holder];
    if (mine !== undefined) return mine;
    const standing = this.#nodes[holder];
    // An object made by spreading is several times slower to add members to.
    const copy: Node = standing === undefined ? {} : Object.assign({}, standing);
    if (holder > 0) {
      const { parent, name } = this.#holders[holder - 1] as Holder;
      const above = this.#copy(parent);
      if (above === undefined) return undefined;
      if (standing === undefined && !isEmpty(own(above as JsonObject, name))) return undefined;
      above[name] = copy as JsonObject;
    }
    this.#copies[holder] = copy;
    this.#nodes[holder] = copy as JsonObject;
    return copy;
  }

  /** From the inside out, because a holder that becomes empty leaves a hole in its own. */
  #closeHoles(holed: boolean[]): void {
    for (let holder = holed.length - 1; holder > 0; holder--) {
      if (holed[holder] !== true) continue;
      const whole = withoutHoles(this.#copies[holder] as Node);
      const { parent, name } = this.#holders[holder - 1] as Holder;
      const isEmptied = Object.keys(whole).length === 0;
      (this.#copies[parent] as Node)[name] = isEmptied ? undefined : whole;
      if (isEmptied) holed[parent] = true;
    }
    if (holed[0] === true) this.#nodes[0] = withoutHoles(this.#copies[0] as Node);
  }
}

function withoutHoles(node: Node): JsonObject {
  const whole: MutableJsonObject = {};
  for (const member of Object.keys(node)) {
    const value = node[member];
    if (value !== undefined) whole[member] = value;
  }
  return whole;
}
