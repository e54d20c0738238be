/** Services with the EXTERNAL deployment controller, and their task sets. */
import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskSetsCommand,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
  type CreateServiceCommandInput,
  type CreateTaskSetCommandInput,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectRefusal, withApi } from './support/api-under-test.ts';
import { registerDefinition } from './support/rows.ts';

const api = withApi();
const ACCOUNT = 'arn:aws:ecs:us-east-1:123456789012';

let serial = 0;
let service = '';
beforeAll(async () => {
  await registerDefinition(api().store, 'web', { networkMode: 'bridge' });
});
beforeEach(() => {
  serial += 1;
  service = `sets-${serial}`;
});

const createService = (input: Partial<CreateServiceCommandInput> = {}) =>
  api().ecs.send(
    new CreateServiceCommand({
      serviceName: service,
      desiredCount: 3,
      deploymentController: { type: 'EXTERNAL' },
      ...input,
    }),
  );
const createSet = async (input: Partial<CreateTaskSetCommandInput> = {}) => {
  const command = new CreateTaskSetCommand({ service, cluster: 'default', taskDefinition: 'web:1', ...input });
  return (await api().ecs.send(command)).taskSet!;
};
const target = (taskSet: string) => ({ service, cluster: 'default', taskSet });

describe('a service with the EXTERNAL deployment controller', () => {
  test('needs only a name', async () => {
    const { service: created } = await createService({ desiredCount: undefined });
    expect(created).toMatchObject({
      desiredCount: 0,
      deploymentController: { type: 'EXTERNAL' },
      deployments: [],
      taskSets: [],
      schedulingStrategy: 'REPLICA',
    });
    expect(created?.taskDefinition).toBeUndefined();
  });

  test.each([
    ['a task definition', { taskDefinition: 'web:1' }, 'TaskDefinition must be blank'],
    [
      'load balancers',
      { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'app', containerPort: 80 }] },
      'LoadBalancers must be blank',
    ],
    [
      'a circuit breaker',
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } },
      'deploymentCircuitBreaker is only supported with the ECS deployment controller.',
    ],
    ['bounds that block', { deploymentConfiguration: { maximumPercent: 100 } }, /cannot be 100/],
    ['DAEMON', { schedulingStrategy: 'DAEMON', desiredCount: undefined }, /daemon/i],
  ] satisfies [string, Partial<CreateServiceCommandInput>, string | RegExp][])(
    'refuses %s',
    async (_what, input, message) => {
      await expectRefusal(createService(input), 'InvalidParameterException', message);
    },
  );

  test.each([
    [
      'a task definition',
      { taskDefinition: 'web:1' },
      /^Unable to update task definition on services with an EXTERNAL/,
    ],
    ['a forced deployment', { forceNewDeployment: true }, /^Cannot force a new deployment/],
    ['bounds', { deploymentConfiguration: { maximumPercent: 150 } }, /deployment configuration/],
  ] as const)('cannot be updated with %s', async (_what, input, message) => {
    await createService();
    const command: UpdateServiceCommandInput = { service, ...input };
    await expectRefusal(api().ecs.send(new UpdateServiceCommand(command)), 'InvalidParameterException', message);
  });

  test('keeps and shows its bounds, and accepts them again without a change', async () => {
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 150 };
    const { service: created } = await createService({ deploymentConfiguration });
    expect(created?.deploymentConfiguration).toMatchObject(deploymentConfiguration);
    const again = {
      service,
      deploymentConfiguration,
      desiredCount: 4,
      deploymentController: { type: 'EXTERNAL' } as const,
    };
    const { service: updated } = await api().ecs.send(new UpdateServiceCommand(again));
    expect(updated).toMatchObject({ desiredCount: 4, deploymentConfiguration });
  });

  test('cannot switch to rolling deployments', async () => {
    await createService();
    const command = new UpdateServiceCommand({ service, deploymentController: { type: 'ECS' } });
    await expectRefusal(api().ecs.send(command), 'UnsupportedFeatureException', /deploymentController other than/);
  });

  test('accepts a desired count', async () => {
    await createService();
    const { service: updated } = await api().ecs.send(new UpdateServiceCommand({ service, desiredCount: 7 }));
    expect(updated?.desiredCount).toBe(7);
  });
});

describe('task sets', () => {
  test('are created, described, scaled, made primary and deleted', async () => {
    await createService();
    const created = await createSet({ externalId: 'blue', scale: { value: 50, unit: 'PERCENT' }, launchType: 'EC2' });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^ecs-svc\/\d+$/) as string,
      taskSetArn: `${ACCOUNT}:task-set/default/${service}/${created.id}`,
      serviceArn: `${ACCOUNT}:service/default/${service}`,
      externalId: 'blue',
      status: 'ACTIVE',
      taskDefinition: `${ACCOUNT}:task-definition/web:1`,
      computedDesiredCount: 2,
      scale: { value: 50, unit: 'PERCENT' },
      stabilityStatus: 'STABILIZING',
      launchType: 'EC2',
      loadBalancers: [],
    });
    const described = await api().ecs.send(
      new DescribeTaskSetsCommand({ service, cluster: 'default', taskSets: [created.taskSetArn!, 'ecs-svc/404'] }),
    );
    expect(described.taskSets).toMatchObject([{ id: created.id }]);
    expect(described.failures).toEqual([
      { arn: `${ACCOUNT}:task-set/default/${service}/ecs-svc/404`, reason: 'MISSING' },
    ]);
    const scaled = await api().ecs.send(
      new UpdateTaskSetCommand({ ...target(created.id!), scale: { value: 100, unit: 'PERCENT' } }),
    );
    expect(scaled.taskSet?.scale?.value).toBe(100);
    const { taskSet: primary } = await api().ecs.send(
      new UpdateServicePrimaryTaskSetCommand({ service, cluster: 'default', primaryTaskSet: created.taskSetArn }),
    );
    expect(primary?.status).toBe('PRIMARY');
    const { services } = await api().ecs.send(new DescribeServicesCommand({ services: [service] }));
    expect(services).toMatchObject([
      { taskDefinition: created.taskDefinition, launchType: 'EC2', deployments: [], taskSets: [{ status: 'PRIMARY' }] },
    ]);
    const deleted = await api().ecs.send(new DeleteTaskSetCommand({ ...target(created.taskSetArn!), force: true }));
    expect(deleted.taskSet?.status).toBe('DRAINING');
  });

  test('take the whole desired count unless they set a smaller scale', async () => {
    await createService();
    expect(await createSet()).toMatchObject({ computedDesiredCount: 3, scale: { value: 100 } });
  });

  test.each([
    [
      'a scale above 100',
      { scale: { value: 101, unit: 'PERCENT' as const } },
      'The scale value must be between 0 and 100.',
    ],
    ['load balancers', { loadBalancers: [{ containerName: 'main' }] }, /loadBalancers/],
    [
      'both kinds of compute',
      { launchType: 'EC2' as const, capacityProviderStrategy: [{ capacityProvider: 'x', weight: 1 }] },
      /both a launch type/,
    ],
  ])('refuse %s', async (_what, input, message) => {
    await createService();
    await expect(createSet(input)).rejects.toThrow(message);
  });

  test('belong to services whose controller is EXTERNAL', async () => {
    const command = { serviceName: service, taskDefinition: 'web:1', desiredCount: 1 };
    await api().ecs.send(new CreateServiceCommand(command));
    await expectRefusal(createSet(), 'UnsupportedFeatureException', /EXTERNAL deployment controller/);
  });

  test('of a deleted service are not described', async () => {
    await createService({ desiredCount: 0 });
    await api().ecs.send(new DeleteServiceCommand({ service }));
    const described = api().ecs.send(new DescribeTaskSetsCommand({ cluster: 'default', service }));
    await expectRefusal(described, 'ServiceNotActiveException', 'Service was not ACTIVE.');
  });

  test('are not found if they do not exist', async () => {
    await createService();
    const removed = api().ecs.send(new DeleteTaskSetCommand(target('ecs-svc/1')));
    await expectRefusal(removed, 'TaskSetNotFoundException', 'The specified task set does not exist.');
  });

  test('are not found under another service', async () => {
    await createService();
    const other = `${ACCOUNT}:task-set/default/other/ecs-svc/1`;
    await expectRefusal(
      api().ecs.send(new DeleteTaskSetCommand(target(other))),
      'InvalidParameterException',
      /does not belong to service/,
    );
  });

  test('work over REST', async () => {
    await createService();
    const sets = `/v1/clusters/default/services/${service}/task-sets`;
    const answer = await fetch(`${api().url}${sets}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ taskDefinition: 'web:1' }),
    });
    expect(answer.status).toBe(201);
    const { taskSets } = (await (await fetch(`${api().url}${sets}`)).json()) as { taskSets: { id: string }[] };
    expect(taskSets).toHaveLength(1);
    const path = `${sets}/${encodeURIComponent(taskSets[0]!.id)}`;
    const deleted = await fetch(`${api().url}${path}?force=true`, { method: 'DELETE' });
    expect(deleted.status).toBe(200);
  });
});
