/** Whatever a request leaves out, its operation asks for something: no call goes without a decision. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accessOf } from '../../../api/ecs/access/index.ts';
import { PARTITION, SAMPLES } from '../../unit/api/ecs/access/samples.ts';

const partial = fc.constantFrom(...Object.entries(SAMPLES)).chain(([operation, sample]) =>
  fc.subarray(Object.keys(sample)).map((kept) => {
    const input = Object.fromEntries(Object.entries(sample).filter(([name]) => kept.includes(name)));
    return { operation, input };
  }),
);

/** Without these members a request names nothing, and is refused. */
const NAMES = ['resourceArn', 'serviceDeploymentArn'];

it('asks for its own action first, and for at least one resource of each', () => {
  fc.assert(
    fc.property(partial, ({ operation, input }) => {
      fc.pre(NAMES.every((name) => name in input || !(name in SAMPLES[operation]!)));
      const accesses = accessOf(operation, input, { partition: PARTITION });
      expect(accesses[0]?.action).toBe(`ecs:${operation}`);
      for (const { resources } of accesses) expect(resources.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
