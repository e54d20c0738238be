/** DAEMON services over the API. */
import {
  CreateServiceCommand,
  DeleteAttributesCommand,
  DeleteServiceCommand,
  PutAttributesCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureCluster, expectRefusal, withApi } from './support/api-under-test.ts';
import { registerDefinition } from './support/rows.ts';

const api = withApi();
const WRONG = 'InvalidParameterException';
let serial = 0;
let name = '';
beforeEach(() => {
  serial += 1;
  name = `daemon-${serial}`;
});
beforeAll(async () => {
  await ensureCluster(api().store, 'default');
  await registerDefinition(api().store, 'agent', { networkMode: 'bridge' });
});

const create = (input: Partial<CreateServiceCommandInput> = {}) =>
  api().ecs.send(
    new CreateServiceCommand({ serviceName: name, taskDefinition: 'agent', schedulingStrategy: 'DAEMON', ...input }),
  );
const update = (input: Partial<UpdateServiceCommandInput>) =>
  api().ecs.send(new UpdateServiceCommand({ service: name, ...input }));

describe('CreateService with DAEMON', () => {
  test('has its own bounds, and accepts no desired count', async () => {
    const { service } = await create();
    expect(service).toMatchObject({
      schedulingStrategy: 'DAEMON',
      desiredCount: 0,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
      availabilityZoneRebalancing: 'DISABLED',
    });
  });

  test('repeated, finds the same service, whatever its present count', async () => {
    await create();
    const [record] = await api().store.getServices('default', [name]);
    const grown = { ...record!, version: record!.version + 1, definition: { ...record!.definition, desiredCount: 7 } };
    await api().store.recordOwner({ clusterName: 'default', tasks: [], service: grown, events: [] });
    expect((await create()).service?.desiredCount).toBe(7);
    await expectRefusal(
      create({ deploymentConfiguration: { minimumHealthyPercent: 50 } }),
      WRONG,
      'Creation of service was not idempotent.',
    );
  });

  test.each<[string, Partial<CreateServiceCommandInput>, string | RegExp]>([
    [
      'a count, even 0',
      { desiredCount: 0 },
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    ],
    [
      'a strategy',
      { placementStrategy: [{ type: 'random' }] },
      'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
    ],
    [
      'a maximum above 100',
      { deploymentConfiguration: { maximumPercent: 200 } },
      'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
    ],
    ['a maximum below 100', { deploymentConfiguration: { maximumPercent: 50 } }, 'maximumPercent must be at least 100'],
    ['bounds that block', { deploymentConfiguration: { minimumHealthyPercent: 100 } }, /cannot be 100/],
    ['FARGATE', { launchType: 'FARGATE' }, /does not support the FARGATE launch type/],
    [
      'capacity providers',
      { capacityProviderStrategy: [{ capacityProvider: 'own', weight: 1 }] },
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    ],
    ['rebalancing', { availabilityZoneRebalancing: 'ENABLED' }, /does not support Availability Zone rebalancing/],
    ['CODE_DEPLOY', { deploymentController: { type: 'CODE_DEPLOY' } }, /CODE_DEPLOY deployment controller/],
    ['EXTERNAL', { deploymentController: { type: 'EXTERNAL' } }, /EXTERNAL deployment controller/],
  ])('%s is refused', async (_what, input, message) => {
    await expectRefusal(create(input), WRONG, message);
  });
});

describe('a DAEMON service', () => {
  test.each<[string, Partial<UpdateServiceCommandInput>, RegExp]>([
    ['a count', { desiredCount: 1 }, /does not support a desired count/],
    ['a strategy', { placementStrategy: [{ type: 'random' }] }, /does not support placement strategies/],
    ['a maximum above 100', { deploymentConfiguration: { maximumPercent: 150 } }, /Change the maximumPercent value/],
  ])('UpdateService refuses %s', async (_what, input, message) => {
    await create();
    await expectRefusal(update(input), WRONG, message);
  });

  test('accepts changes of constraints and minimumHealthyPercent', async () => {
    await create();
    const placementConstraints = [{ type: 'memberOf' as const, expression: 'attribute:rack == a' }];
    const { service } = await update({ placementConstraints, deploymentConfiguration: { minimumHealthyPercent: 50 } });
    expect(service).toMatchObject({
      placementConstraints,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
  });

  test('is deleted without force while it runs', async () => {
    await create();
    const [record] = await api().store.getServices('default', [name]);
    const running = {
      ...record!,
      version: 2,
      runningCount: 3,
      definition: { ...record!.definition, desiredCount: 3 },
    };
    await api().store.recordOwner({ clusterName: 'default', tasks: [], service: running, events: [] });
    const { service } = await api().ecs.send(new DeleteServiceCommand({ service: name }));
    expect(service?.status).toBe('DRAINING');
    expect(api().gateway.last('deleteService').force).toBe(false);
  });

  test('is signalled when attributes are put or deleted', async () => {
    await create();
    const { instanceId, gateway, ecs } = api();
    const attributes = [{ name: 'rack', value: 'a', targetId: instanceId, targetType: 'container-instance' as const }];
    await ecs.send(new PutAttributesCommand({ attributes }));
    expect(gateway.last('instancesChanged')).toMatchObject({ cluster: 'default' });
    expect(gateway.last('instancesChanged').daemonServices).toContain(name);
    const before = gateway.count('instancesChanged');
    await ecs.send(new DeleteAttributesCommand({ attributes }));
    expect(gateway.count('instancesChanged')).toBe(before + 1);
  });
});
