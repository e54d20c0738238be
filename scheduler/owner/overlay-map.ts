/**
 * A readonly map that shares most of its entries with an earlier one. An owner of thousands of tasks changes a few at a time, and
 * a copy of all of them for each report would cost more than all that the report means.
 */

/** Up to so many entries, a copy is quicker. An overlay with more changes than this becomes a map of its own. */
const FEW = 256;

/** The values of changed keys, in place of the base's; undefined: the key is gone. */
type Changes<V> = Map<string, V | undefined>;

class OverlayMap<V> implements ReadonlyMap<string, V> {
  readonly #base: ReadonlyMap<string, V>;
  readonly #changes: Changes<V>;
  readonly size: number;
  /** Made when somebody first goes through all entries. */
  #flat: ReadonlyMap<string, V> | undefined;

  constructor(base: ReadonlyMap<string, V>, changes: Changes<V>, size: number) {
    this.#base = base;
    this.#changes = changes;
    this.size = size;
  }

  get(key: string): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  keys(): MapIterator<string> {
    return this.flat().keys();
  }

  values(): MapIterator<V> {
    return this.flat().values();
  }

  entries(): MapIterator<[string, V]> {
    return this.flat().entries();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  /** The base and a copy of the changes, for a next overlay. */
  open(): readonly [ReadonlyMap<string, V>, Changes<V>] {
    return this.#flat === undefined && this.#changes.size <= FEW
      ? [this.#base, new Map(this.#changes)]
      : [this.flat(), new Map()];
  }

  /** A map without an overlay: made once. */
  flat(): ReadonlyMap<string, V> {
    if (this.#flat !== undefined) return this.#flat;
    const flat = new Map(this.#base);
    for (const [key, value] of this.#changes) {
      if (value === undefined) flat.delete(key);
      else flat.set(key, value);
    }
    return (this.#flat = flat);
  }
}

/** Changes of a map's entries, which leave the map itself as it is. Values are never undefined. */
export class MapDraft<V> {
  readonly #base: ReadonlyMap<string, V>;
  readonly #changes: Changes<V>;
  #size: number;

  constructor(map: ReadonlyMap<string, V>) {
    [this.#base, this.#changes] = map instanceof OverlayMap ? (map as OverlayMap<V>).open() : [map, new Map()];
    this.#size = map.size;
  }

  get(key: string): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key);
  }

  /** Replaces the value of a key that is there; it keeps its place in the order. */
  replace(key: string, value: V): void {
    if (this.get(key) !== undefined) this.#changes.set(key, value);
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return;
    this.#changes.set(key, undefined);
    this.#size -= 1;
  }

  /** The map with the changes. Later changes of the draft must not follow. */
  done(): ReadonlyMap<string, V> {
    const overlay = new OverlayMap(this.#base, this.#changes, this.#size);
    return this.#size <= FEW ? overlay.flat() : overlay;
  }
}
