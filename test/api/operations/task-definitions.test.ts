/** Task definition operations. */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type ListTaskDefinitionsCommandInput,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';

const lines: unknown[] = [];
const api = withApi({ logger: pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) }) });
const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition/';

const register = (family: string, members: Partial<RegisterTaskDefinitionCommandInput> = {}) =>
  api().ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 64 }],
      ...members,
    }),
  );
const describeOne = (taskDefinition: string, tags = false) =>
  api().ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, ...(tags ? { include: ['TAGS'] } : {}) }));
const deregister = (taskDefinition: string) => api().ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));

describe('RegisterTaskDefinition', () => {
  it('registers the guide’s web server: FARGATE, awsvpc, strings for numbers', async () => {
    const response = await fetch(api().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition',
      },
      body: JSON.stringify({
        family: 'webserver',
        containerDefinitions: [{ name: 'web', image: 'nginx', memory: '100', cpu: '99' }],
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        memory: '512',
        cpu: '256',
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      tags: [],
      taskDefinition: {
        taskDefinitionArn: `${ARN}webserver:1`,
        family: 'webserver',
        revision: 1,
        status: 'ACTIVE',
        containerDefinitions: [
          {
            name: 'web',
            image: 'nginx',
            memory: 100,
            cpu: 99,
            essential: true,
            environment: [],
            mountPoints: [],
            portMappings: [],
            systemControls: [],
            volumesFrom: [],
          },
        ],
        requiresCompatibilities: ['FARGATE'],
        compatibilities: ['EC2', 'FARGATE'],
        networkMode: 'awsvpc',
        memory: '512',
        cpu: '256',
        volumes: [],
        placementConstraints: [],
        requiresAttributes: [{ name: 'ecs.capability.task-cpu-mem-limit' }, { name: 'ecs.capability.task-eni' }],
        registeredAt: expect.closeTo(Date.now() / 1000, -2) as number,
        registeredBy: 'arn:aws:iam::123456789012:root',
      },
    });
  });

  it('counts revisions, even if they are registered simultaneously', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => register('count')));
    const revisions = answers.map(({ taskDefinition }) => taskDefinition?.revision ?? 0);
    expect(revisions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('refuses a definition that breaks a rule, without using up a revision', async () => {
    await expectRefusal(register('strict', { cpu: 'much' }), 'ClientException', /^Invalid 'cpu' setting for task/);
    await expectRefusal(
      register('strict', { tags: [{ key: 'aws:a', value: 'b' }] }),
      'InvalidParameterException',
      /aws:/,
    );
    expect((await register('strict')).taskDefinition?.revision).toBe(1);
  });
});

describe('a definition with awslogs', () => {
  it('is registered with what it requires, and the log says where its lines go', async () => {
    const options = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1' };
    const { taskDefinition } = await register('logged', {
      containerDefinitions: [
        { name: 'app', image: 'app:1', memory: 64, logConfiguration: { logDriver: 'awslogs', options } },
      ],
    });
    expect(taskDefinition?.containerDefinitions?.[0]?.logConfiguration?.options).toEqual(options);
    expect(taskDefinition?.requiresAttributes?.map(({ name }) => name)).toEqual([
      'com.amazonaws.ecs.capability.docker-remote-api.1.18',
      'com.amazonaws.ecs.capability.logging-driver.awslogs',
    ]);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        operation: 'RegisterTaskDefinition',
        msg: "logged:1 logs to awslogs: CloudWatch Logs is not built, so the lines stay in the engine's driver local",
      }),
    ]);
  });
});

describe('DescribeTaskDefinition', () => {
  it('finds a revision unchanged by family, by family and revision, and by ARN', async () => {
    await register('find');
    const { taskDefinition } = await register('find', { tags: [{ key: 'a', value: '1' }] });
    for (const name of ['find', 'find:2', `${ARN}find:2`]) {
      expect((await describeOne(name)).taskDefinition).toEqual(taskDefinition);
    }
    expect((await describeOne('find')).tags).toBeUndefined();
    expect((await describeOne('find', true)).tags).toEqual([{ key: 'a', value: '1' }]);
    expect((await describeOne('find:1', true)).tags).toEqual([]);
  });

  it.each(['nobody', 'nobody:1', 'a:b:c', ''])('refuses %j', (name) =>
    expectRefusal(describeOne(name), 'ClientException', 'Unable to describe task definition.'),
  );

  it('refuses an ARN of something else', () =>
    expectRefusal(
      describeOne('arn:aws:ecs:us-east-1:123456789012:cluster/a'),
      'InvalidParameterException',
      /expected the ARN of a task-definition/,
    ));
});

describe('lists', () => {
  const list = (input: ListTaskDefinitionsCommandInput) => api().ecs.send(new ListTaskDefinitionsCommand(input));

  it('match familyPrefix against the whole family for definitions, and as a prefix for families', async () => {
    await register('list');
    await register('list');
    await register('list-more');
    expect((await list({ familyPrefix: 'list' })).taskDefinitionArns).toEqual([`${ARN}list:1`, `${ARN}list:2`]);
    expect((await list({ familyPrefix: 'list', sort: 'DESC' })).taskDefinitionArns).toEqual([
      `${ARN}list:2`,
      `${ARN}list:1`,
    ]);
    const { families } = await api().ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'list' }));
    expect(families).toEqual(['list', 'list-more']);
  });

  it('page', async () => {
    for (let i = 0; i < 3; i++) await register('pages');
    const first = await list({ familyPrefix: 'pages', maxResults: 2 });
    expect(first.taskDefinitionArns).toHaveLength(2);
    const { nextToken } = first;
    const second = await list({ familyPrefix: 'pages', maxResults: 2, nextToken });
    expect(second).toMatchObject({ taskDefinitionArns: [`${ARN}pages:3`] });
    expect(second.nextToken).toBeUndefined();
    await expectRefusal(list({ familyPrefix: 'other', nextToken }), 'InvalidParameterException', 'Invalid token');
  });
});

describe('DeregisterTaskDefinition and DeleteTaskDefinitions', () => {
  const remove = (...taskDefinitions: string[]) =>
    api().ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));

  it('move a revision from ACTIVE through INACTIVE to deleted, and never reuse its number', async () => {
    await register('life');
    const { taskDefinition } = await deregister('life:1');
    expect(taskDefinition).toMatchObject({ status: 'INACTIVE', deregisteredAt: expect.any(Date) as Date });
    expect((await describeOne('life:1')).taskDefinition?.status).toBe('INACTIVE');
    await expectRefusal(describeOne('life'), 'ClientException', 'Unable to describe task definition.');
    const inactive = await api().ecs.send(new ListTaskDefinitionFamiliesCommand({ status: 'INACTIVE' }));
    expect(inactive.families).toContain('life');
    const removed = await remove(`${ARN}life:1`);
    expect(removed).toMatchObject({ taskDefinitions: [{ status: 'DELETE_IN_PROGRESS' }], failures: [] });
    await expectRefusal(describeOne('life:1'), 'ClientException', 'Unable to describe task definition.');
    expect((await register('life')).taskDefinition?.revision).toBe(2);
  });

  it('accept a second deregistration', async () => {
    await register('again');
    const first = await deregister('again:1');
    expect((await deregister('again:1')).taskDefinition).toEqual(first.taskDefinition);
  });

  it('report what cannot be deleted', async () => {
    await register('keep');
    const { failures, taskDefinitions } = await remove('keep:1', 'keep', 'keep:9');
    expect(taskDefinitions).toEqual([]);
    expect(failures?.map(({ arn, reason }) => [arn, reason?.split('.')[0]])).toEqual([
      [`${ARN}keep:1`, 'The specified task definition is still in ACTIVE status'],
      ['keep', 'The specified task definition identifier is invalid'],
      [`${ARN}keep:9`, 'The specified task definition does not exist'],
    ]);
  });

  it('refuse names without a revision, and lists that are empty or too long', async () => {
    await expectRefusal(deregister('keep'), 'ClientException', 'Revision is missing.');
    const calls = [deregister('keep:foo'), describeOne('keep:foo'), describeOne(`${ARN}keep:foo`)];
    await Promise.all(
      calls.map((call) => expectRefusal(call, 'InvalidParameterException', 'Invalid revision number. Number: foo')),
    );
    const huge = '9'.repeat(20);
    await expectRefusal(
      deregister(`keep:${huge}`),
      'InvalidParameterException',
      `Invalid revision number. Number: ${huge}`,
    );
    const { failures } = await remove('keep:foo', 'arn:aws:ecs:us-east-1:123456789012:cluster/default');
    expect(failures?.map(({ reason }) => reason?.split('.')[0])).toEqual(
      Array(2).fill('The specified task definition identifier is invalid'),
    );
    await expectRefusal(deregister('nobody:1'), 'ClientException', 'The specified task definition does not exist.');
    await expectRefusal(
      remove(),
      'InvalidParameterException',
      'size of TaskDefinition references list must be greater than 0',
    );
    const many = Array.from({ length: 11 }, (_, i) => `a:${i + 1}`);
    await expectRefusal(
      remove(...many),
      'InvalidParameterException',
      'Size of TaskDefinition references list cannot exceed 10',
    );
  });
});
