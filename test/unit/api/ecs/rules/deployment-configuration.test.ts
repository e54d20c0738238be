/** The rules for deployment configurations. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { REPLICA_BOUNDS, resolveDeploymentBounds } from '../../../../../api/ecs/rules/deployment-configuration.ts';

const pause = { targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] } as const;
const asked = (configuration: unknown) =>
  resolveDeploymentBounds(configuration as DeploymentConfiguration | undefined, REPLICA_BOUNDS);
const early = (members: object) => ({ earlySuccessCriteria: { enable: true, ...members } });
const hook = (members: object) => ({ lifecycleHooks: [{ ...pause, ...members }] });

describe('a deployment configuration', () => {
  it('keeps what the request leaves out', () => {
    const kept = { ...REPLICA_BOUNDS, bakeTimeInMinutes: 3, lifecycleHooks: [] };
    expect(resolveDeploymentBounds({ maximumPercent: 150 }, kept)).toEqual({ ...kept, maximumPercent: 150 });
    expect(resolveDeploymentBounds({ bakeTimeInMinutes: 0 }, kept)).toMatchObject({ bakeTimeInMinutes: 0 });
  });

  it.each([
    { bakeTimeInMinutes: 1440 },
    { lifecycleHooks: [] },
    hook({ timeoutConfiguration: { timeoutInMinutes: 20_160, action: 'CONTINUE' } }),
    hook({ lifecycleStages: ['RECONCILE_SERVICE', 'POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] }),
    early({ healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' }),
    { minimumHealthyPercent: 50, ...early({ healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' }) },
    { earlySuccessCriteria: { enable: false } },
  ])('accepts %j', (configuration) => {
    expect(asked(configuration)).toMatchObject(configuration);
  });

  it.each([
    [{ bakeTimeInMinutes: -1 }, 'bakeTimeInMinutes must be between 0 and 1440'],
    [{ bakeTimeInMinutes: 1441 }, 'bakeTimeInMinutes must be between 0 and 1440'],
    [early({}), 'must specify healthyPercent'],
    [early({ healthyPercent: 100 }), 'must specify healthyPercent'],
    [early({ healthyPercent: 101, sourceServiceRevisionCleanup: 'BLOCKING' }), 'must be between 0 and 100'],
    [early({ healthyPercent: 99, sourceServiceRevisionCleanup: 'BLOCKING' }), 'must be at least minimumHealthyPercent'],
    [{ lifecycleHooks: [{ hookTargetArn: 'arn:x', lifecycleStages: ['PRE_SCALE_UP'] }] }, 'targetType AWS_LAMBDA'],
    [hook({ hookTargetArn: 'arn:x' }), 'hookTargetArn and roleArn'],
    [hook({ lifecycleStages: [] }), 'lifecycleStages must be specified'],
    [hook({ lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }), 'cannot be configured at the stage'],
    [hook({ lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }), 'POST_TEST_TRAFFIC_SHIFT of a ROLLING deployment'],
    [hook({ timeoutConfiguration: { timeoutInMinutes: 0 } }), 'timeoutInMinutes must be between 1 and 20160'],
    [hook({ timeoutConfiguration: { timeoutInMinutes: 20_161 } }), 'timeoutInMinutes must be between 1 and 20160'],
  ])('refuses %j', (configuration, message) => {
    expect(() => asked(configuration)).toThrow(message);
  });
});
