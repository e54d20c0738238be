/** Which resources a record names. */
import { expect, it } from 'vitest';
import { resourcesOf } from '../../../../api/audit/resources.ts';

const ARN = 'arn:aws:ecs:us-east-1:123456789012:cluster/web';
const asked = (...resources: readonly string[]) => [{ action: 'ecs:DeleteCluster', resources, context: {} }];

it.each([
  ['what the call asks for', asked(ARN), undefined, [ARN]],
  ['what its answer names', [], { cluster: { clusterArn: ARN } }, [ARN]],
  ['nothing that has no id yet', asked('arn:aws:ecs:us-east-1:123456789012:task/web/*'), undefined, []],
  ['nothing that would draw on a terminal', asked(`${ARN}\n11:00:00  root`, `${ARN}\u001b[2J`), undefined, []],
])('names %s', (_what, calls, answer, arns) => {
  expect(resourcesOf(calls, answer).map((resource) => resource.ARN)).toEqual(arns);
});
