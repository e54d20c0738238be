/** UpdateService's changes to a service, and whether they start a deployment. */
import { describe, expect, it } from 'vitest';
import type { ServiceChanges } from '../../../../scheduler/rollout/apply-service-update.ts';
import { applyServiceUpdate } from '../../../../scheduler/rollout/apply-service-update.ts';
import { deepEqual } from '../../../../scheduler/rollout/deep-equal.ts';
import { aDefinition } from '../../../support/service-builders.ts';

const network = (...subnets: string[]) => ({ awsvpcConfiguration: { subnets } });
const before = aDefinition({
  networkConfiguration: network('subnet-1'),
  platformVersion: '1.4.0',
  placementConstraints: [{ type: 'distinctInstance' }],
  placementStrategy: [{ type: 'spread', field: 'instanceId' }],
  loadBalancers: [{ targetGroupArn: 'tg', containerName: 'app', containerPort: 80 }],
  serviceRegistries: [{ registryArn: 'r' }],
});
const update = (changes: ServiceChanges, more: { taskDefinitionArn?: string; forceNewDeployment?: boolean } = {}) =>
  applyServiceUpdate(before, { changes, forceNewDeployment: false, ...more }, { taskDefinitionArn: 'web:1' });

describe('applyServiceUpdate', () => {
  const rows: readonly [keyof ServiceChanges, ServiceChanges, boolean][] = [
    ['networkConfiguration', { networkConfiguration: network('subnet-2') }, true],
    ['platformVersion', { platformVersion: 'LATEST' }, true],
    ['loadBalancers', { loadBalancers: [] }, true],
    ['serviceRegistries', { serviceRegistries: [] }, true],
    ['desiredCount', { desiredCount: 9 }, false],
    ['minimumHealthyPercent', { minimumHealthyPercent: 50 }, false],
    ['maximumPercent', { maximumPercent: 150 }, false],
    ['deploymentCircuitBreaker', { deploymentCircuitBreaker: { enable: true, rollback: true } }, false],
    ['placementConstraints', { placementConstraints: [] }, false],
    ['placementStrategy', { placementStrategy: [] }, false],
    ['availabilityZoneRebalancing', { availabilityZoneRebalancing: 'ENABLED' }, false],
    ['healthCheckGracePeriodSeconds', { healthCheckGracePeriodSeconds: 30 }, false],
    ['enableExecuteCommand', { enableExecuteCommand: true }, false],
    ['enableECSManagedTags', { enableECSManagedTags: true }, false],
    ['propagateTags', { propagateTags: 'SERVICE' }, false],
    ['capacityProviderStrategy', { capacityProviderStrategy: [{ capacityProvider: 'cp' }] }, false],
  ];
  it.each(rows)('%s', (key, changes, newDeployment) => {
    const result = update(changes);
    expect(result.newDeployment).toBe(newDeployment);
    expect(result.definition[key]).toEqual(changes[key]);
  });

  it.each(rows)('an unchanged %s starts no deployment', (key) => {
    const same = structuredClone({ [key]: before[key] }) as ServiceChanges;
    expect(update(same)).toEqual({ definition: before, newDeployment: false });
  });

  it.each([
    ['another task definition', { taskDefinitionArn: 'web:2' }, true],
    ['the same task definition', { taskDefinitionArn: 'web:1' }, false],
    ['no task definition', {}, false],
    ['the same one, forced', { taskDefinitionArn: 'web:1', forceNewDeployment: true }, true],
    ['nothing, forced', { forceNewDeployment: true }, true],
  ])('%s', (_what, more, newDeployment) => {
    expect(update({}, more)).toEqual({ definition: before, newDeployment });
  });

  it('keeps members that the update does not name', () => {
    expect(update({ desiredCount: 5 }).definition).toEqual({ ...before, desiredCount: 5 });
  });

  it('replaces the launch type by a capacity provider strategy, and the other way round', () => {
    const strategy = update({ capacityProviderStrategy: [{ capacityProvider: 'cp' }] }).definition;
    expect(strategy.launchType).toBeUndefined();
    const back = applyServiceUpdate(
      strategy,
      { changes: { launchType: 'EC2' }, forceNewDeployment: true },
      { taskDefinitionArn: 'web:1' },
    );
    expect(back.definition).toEqual(before);
  });
});

describe('deepEqual', () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [1, '1', false],
    [null, undefined, false],
    [null, {}, false],
    [{ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[], {}, false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(deepEqual(a, b)).toBe(expected);
    expect(deepEqual(b, a)).toBe(expected);
  });
});
