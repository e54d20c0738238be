/** Properties of assignProviders for any strategy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignProviders } from '../../../scheduler/capacity/assign-providers.ts';

const strategies = fc
  .tuple(
    fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 }).filter((weights) => weights.some((w) => w > 0)),
    fc.nat({ max: 30 }),
    fc.nat(),
  )
  .map(([weights, base, at]) =>
    weights.map((weight, i) => ({ capacityProvider: `p${i}`, weight, base: i === at % weights.length ? base : 0 })),
  );

function countNames(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe('assignProviders', () => {
  it('assigns every task, fills the base first, and never gives a provider a whole task more than its share', () => {
    fc.assert(
      fc.property(strategies, fc.nat({ max: 300 }), (strategy, count) => {
        const names = assignProviders(strategy, {}, count);
        expect(names).toHaveLength(count);
        const { capacityProvider: based, base } = strategy.find((item) => item.base > 0) ?? strategy[0]!;
        expect(names.slice(0, base).every((name) => name === based)).toBe(true);
        const total = strategy.reduce((sum, { weight }) => sum + weight, 0);
        const rest = names.slice(base);
        const counts: Record<string, number> = {};
        for (const [i, name] of rest.entries()) {
          counts[name] = (counts[name] ?? 0) + 1;
          const share = (strategy.find((item) => item.capacityProvider === name)!.weight / total) * (i + 1);
          expect(counts[name] - share).toBeLessThan(1);
        }
      }),
    );
  });

  it('two providers are never a whole task away from their ratio', () => {
    const weight = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(weight, weight, fc.nat({ max: 300 }), (a, b, count) => {
        const strategy = [
          { capacityProvider: 'a', weight: a },
          { capacityProvider: 'b', weight: b },
        ];
        const counts = countNames(assignProviders(strategy, {}, count));
        expect(Math.abs((counts.a ?? 0) - (a / (a + b)) * count)).toBeLessThan(1);
      }),
    );
  });

  it('gives the same result whether tasks start at once or one by one', () => {
    fc.assert(
      fc.property(strategies, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (strategy, before, more) => {
        const all = assignProviders(strategy, {}, before + more);
        const existing = countNames(all.slice(0, before));
        expect(countNames([...all.slice(0, before), ...assignProviders(strategy, existing, more)])).toEqual(
          countNames(all),
        );
      }),
    );
  });
});
