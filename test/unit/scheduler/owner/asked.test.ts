/** How a placement request is put on record. */
import { describe, expect, it } from 'vitest';
import type { AskedPlacement } from '../../../../model/decision.ts';
import { describeRequest } from '../../../../scheduler/owner/asked.ts';
import { aRequest } from '../../../../fixtures/capacity.ts';

const PLAIN: AskedPlacement = {
  count: 2,
  launchType: 'EC2',
  group: 'service:web',
  cpu: 256,
  memoryMiB: 512,
  ports: [],
  gpus: 0,
  attributes: [],
  constraints: [],
  strategies: [],
};

describe('describeRequest', () => {
  it.each<[string, Parameters<typeof aRequest>[0], Partial<AskedPlacement>]>([
    ['a plain request', {}, {}],
    [
      'resources',
      { resources: { cpu: 1, memoryMiB: 2, ports: ['80/tcp'], gpus: 3 } },
      { cpu: 1, memoryMiB: 2, ports: ['80/tcp'], gpus: 3 },
    ],
    [
      'a launch type and a group',
      { launchType: 'FARGATE', group: 'family:job' },
      { launchType: 'FARGATE', group: 'family:job' },
    ],
    [
      'attributes with and without a value',
      { requiredAttributes: [{ name: 'gpu' }, { name: 'rack', value: 'a' }, { name: 'empty', value: '' }] },
      { attributes: ['gpu', 'rack=a', 'empty='] },
    ],
    [
      'constraints with and without an expression',
      { constraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'attribute:rack == a' }] },
      { constraints: ['distinctInstance', 'memberOf(attribute:rack == a)'] },
    ],
    [
      'strategies with and without a field',
      { strategies: [{ type: 'spread', field: 'instanceId' }, { type: 'random' }] },
      { strategies: ['spread(instanceId)', 'random'] },
    ],
    [
      'parts without a type, as a client may send them',
      { constraints: [{}], strategies: [{}] },
      { constraints: [''], strategies: [''] },
    ],
  ])('%s', (_name, request, expected) => {
    expect(describeRequest(aRequest(request), 2)).toEqual({ ...PLAIN, ...expected });
  });

  it('tells how many were asked for, not how many the request began with', () => {
    expect(describeRequest(aRequest({ count: 9 }), 4).count).toBe(4);
  });
});
