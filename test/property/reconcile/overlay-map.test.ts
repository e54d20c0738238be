/** A chain of drafts is, to everyone who looks, the map that each of them describes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MapDraft } from '../../../scheduler/owner/overlay-map.ts';

/** Around the size below which a map is copied. */
const SIZES = fc.constantFrom(0, 1, 255, 256, 257, 258, 600);
const step = fc.record({ key: fc.nat(700), ends: fc.boolean() });
/** `looked`: somebody goes through all entries after the steps. */
const drafts = fc.array(fc.record({ steps: fc.array(step, { maxLength: 80, size: 'max' }), looked: fc.boolean() }), {
  maxLength: 8,
});

const nameOf = (n: number): string => `task-${n}`;

it('changes of a map are what a copy would have, and leave the earlier maps as they were', () => {
  fc.assert(
    fc.property(SIZES, drafts, (size, all) => {
      const first = new Map(Array.from({ length: size }, (_, i) => [nameOf(i), i]));
      let map: ReadonlyMap<string, number> = first;
      const model = new Map(first);
      const earlier: (readonly [ReadonlyMap<string, number>, readonly (readonly [string, number])[]])[] = [];
      for (const [round, { steps, looked }] of all.entries()) {
        const draft = new MapDraft(map);
        for (const { key, ends } of steps) {
          const name = nameOf(key % (size + 3));
          if (ends) {
            draft.delete(name);
            model.delete(name);
          } else {
            draft.replace(name, -round);
            if (model.has(name)) model.set(name, -round);
          }
          if (draft.get(name) !== model.get(name)) expect.fail(`${name} in the draft`);
        }
        map = draft.done();
        expect(map.size).toBe(model.size);
        for (const name of first.keys()) {
          if (map.get(name) !== model.get(name) || map.has(name) !== model.has(name)) expect.fail(name);
        }
        if (looked) expect([...map]).toEqual([...model]);
        earlier.push([map, [...model]]);
      }
      for (const [old, entries] of earlier) {
        expect([...old]).toEqual(entries);
        expect([...old.keys()]).toEqual(entries.map(([key]) => key));
        expect([...old.values()]).toEqual(entries.map(([, value]) => value));
        const seen: (readonly [string, number])[] = [];
        old.forEach((value, key) => seen.push([key, value]));
        expect(seen).toEqual(entries);
      }
    }),
    { numRuns: 40 },
  );
});
