/** FNV-1a, against its published values. */
import { describe, expect, it } from 'vitest';
import { textHash } from '../../../../scheduler/tasks/text-hash.ts';

describe('textHash', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['b', 0xe70c2de5],
    ['foobar', 0xbf9cf968],
    ['hello', 0x4f9f2cab],
  ])('%j', (text, hash) => {
    expect(textHash(text)).toBe(hash);
  });

  it.each([
    ['', 'foobar'],
    ['foo', 'bar'],
    ['foobar', ''],
    ['ecs-svc/', '0123456789'],
  ])('goes on where the hash of the text before ended: %j, %j', (before, text) => {
    expect(textHash(text, textHash(before))).toBe(textHash(before + text));
  });

  it('is a whole number of 32 bits, whatever the text', () => {
    for (const text of ['é', '💡', '\u0000', 'x'.repeat(10_000)]) {
      const hash = textHash(text);
      expect(Number.isInteger(hash)).toBe(true);
      expect(hash).toBeGreaterThanOrEqual(0);
      expect(hash).toBeLessThan(2 ** 32);
    }
  });

  it('tells texts apart that differ in one place', () => {
    const texts = Array.from({ length: 2_000 }, (_, i) => `task-${i}`);
    expect(new Set(texts.map((text) => textHash(text))).size).toBe(texts.length);
  });

  it('spreads like texts over the whole range', () => {
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i += 1) {
      const bucket = Math.floor(textHash(`service/default/web-${i}`) / 2 ** 28);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(count).toBeGreaterThan(500);
  });
});
