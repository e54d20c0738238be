/** Values that Postgres cannot hold. */
import { describe, expect, it } from 'vitest';
import { storable, toJson } from '../../../../store/base/storable.ts';

const BROKEN = 'a\0b\ud800c\udc00d';
const WHOLE = 'a\ufffdb\ufffdc\ufffdd';

describe('storable', () => {
  it('replaces what Postgres cannot hold, in texts and lists of texts', () => {
    expect(storable(BROKEN)).toBe(WHOLE);
    expect(storable([BROKEN, 1, null])).toEqual([WHOLE, 1, null]);
  });

  it.each(['', 'plain', 'whole pair 😀', '\\u0000 written out', 7, null, undefined, true])(
    'leaves %j alone',
    (value) => {
      expect(storable(value)).toBe(value);
    },
  );
});

describe('toJson', () => {
  it('replaces what Postgres cannot hold, in values and keys', () => {
    expect(JSON.parse(toJson({ [BROKEN]: [BROKEN] }))).toEqual({ [WHOLE]: [WHOLE] });
  });

  it.each(['\\u0000', '\\\\u0000', '\\ud800', '😀', '\\', '"\n'])('leaves %j alone', (text) => {
    expect(JSON.parse(toJson({ text }))).toEqual({ text });
  });
});
