/** Whatever the engine says, and whatever the secrets are, no secret is left in the text; and what is no secret stays. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hideValues } from '../../../activities/host/runtime/hidden-values.ts';

/** Asterisks stand for what was hidden. */
const value = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '"', '\n', ' ', '%'), minLength: 3, maxLength: 8 });
const between = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ':', ' '), maxLength: 6 });

it('hides each value, wherever it is and however they overlap', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(between, fc.nat(4))),
      (values, said) => {
        const text = said.map(([words, i]) => words + (values[i % values.length] ?? '')).join('');
        const shown = hideValues(text, values);
        for (const each of values) {
          expect(shown).not.toContain(each);
          expect(hideValues(JSON.stringify({ each }), values)).not.toContain(JSON.stringify(each).slice(1, -1));
          expect(hideValues(encodeURIComponent(each), values)).not.toContain(encodeURIComponent(each));
        }
      },
    ),
  );
});

it('changes nothing else', () => {
  fc.assert(
    fc.property(between, fc.array(fc.string({ unit: fc.constantFrom('x', 'y'), minLength: 3 })), (text, values) => {
      expect(hideValues(text, values)).toBe(text);
    }),
  );
});
