import { describe, expect, expectTypeOf, it } from 'vitest';
import { defined } from '../../../model/defined.ts';

interface Target {
  readonly id: string;
  readonly tag?: string;
  readonly count?: number | null;
}

describe('defined', () => {
  it('drops undefined members and no others', () => {
    const members = { a: undefined, b: null, c: 0, d: '', e: false, f: [undefined], g: Number.NaN };
    expect(Object.entries(defined(members))).toEqual([
      ['b', null],
      ['c', 0],
      ['d', ''],
      ['e', false],
      ['f', [undefined]],
      ['g', Number.NaN],
    ]);
    expect(Object.keys(members)).toHaveLength(7);
  });

  it('keeps the order, also within the object that it is spread into', () => {
    const none: string | undefined = undefined;
    expect(JSON.stringify({ z: 1, ...defined({ y: 2, none, x: 3 }), w: 4 })).toBe('{"z":1,"y":2,"x":3,"w":4}');
  });

  it('leaves a member that is there already when its own is undefined', () => {
    const tag = undefined as string | undefined;
    expect({ tag: 'kept', ...defined({ tag }) }).toEqual({ tag: 'kept' });
  });

  it('has types for exactOptionalPropertyTypes: what may be undefined may be absent, and the rest stays', () => {
    const read = (tag: string | undefined, count: number | null | undefined): Target => ({
      id: 'i',
      ...defined({ tag, count }),
    });
    expect([read('t', null), read(undefined, undefined)]).toEqual([{ id: 'i', tag: 't', count: null }, { id: 'i' }]);
    const kind = 'a' as 'a' | 'b' | undefined;
    const found = defined({ kind, size: 1 });
    expectTypeOf(found.size).toEqualTypeOf<number>();
    expectTypeOf<Required<typeof found>['kind']>().toEqualTypeOf<'a' | 'b'>();
    // @ts-expect-error -- A member that may be absent is none that is required.
    const required: { readonly kind: 'a' | 'b' } = found;
    expect(required).toBe(found);
  });
});
