/** Whatever versions are added and labels moved, in whatever order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withStageMoved, withVersion } from '../../../api/secretsmanager/rules/stages.ts';
import { isAwsError } from '../../../model/errors.ts';
import type { SecretVersion } from '../../../model/secrets/secret.ts';

const stage = fc.constantFrom('AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING', 'blue', 'green');
const nth = fc.option(fc.nat({ max: 12 }), { nil: undefined });
const step = fc.oneof(
  fc.record({ put: fc.option(fc.array(stage, { minLength: 1, maxLength: 3 }), { nil: undefined }) }),
  fc.record({ stage, from: nth, to: nth }),
);

it('there is exactly one AWSCURRENT, each label is on one version, and what was AWSCURRENT is AWSPREVIOUS', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      let versions: readonly SecretVersion[] = withVersion([], { id: 'v0' }, 0);
      const holder = (label: string) => versions.find(({ stages }) => stages.includes(label))?.id;
      steps.forEach((each, i) => {
        const before = holder('AWSCURRENT');
        const idOf = (n: number | undefined) => (n === undefined ? undefined : versions[n % versions.length]!.id);
        try {
          if ('put' in each) {
            versions = withVersion(versions, { id: `v${i + 1}`, ...(each.put && { stages: each.put }) }, i);
          } else {
            const [removeFrom, moveTo] = [idOf(each.from), idOf(each.to)];
            versions = withStageMoved(versions, {
              stage: each.stage,
              ...(removeFrom !== undefined && { removeFrom }),
              ...(moveTo !== undefined && { moveTo }),
            });
          }
        } catch (error) {
          // A refusal changes nothing.
          if (!isAwsError(error)) throw error;
        }
        const labels = versions.flatMap(({ stages }) => stages);
        expect(labels.filter((label) => label === 'AWSCURRENT')).toHaveLength(1);
        expect(new Set(labels).size).toBe(labels.length);
        if (holder('AWSCURRENT') !== before) expect(holder('AWSPREVIOUS')).toBe(before);
      });
    }),
  );
});
