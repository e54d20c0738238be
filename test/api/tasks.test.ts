/** DescribeTasks, StopTask, ListTasks and task protection. */
import {
  DescribeTasksCommand,
  GetTaskProtectionCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateTaskProtectionCommand,
  type ListTasksCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Task } from '../../model/task.ts';
import { ensureCluster, expectRefusal, withApi } from './support/api-under-test.ts';
import { newTaskId, registerDefinition, registrationOf, serviceRow, taskRow } from './support/rows.ts';

const api = withApi();
const arnOf = (id: string, cluster = 'default') => `arn:aws:ecs:us-east-1:123456789012:task/${cluster}/${id}`;

async function seed(members: Partial<Task>): Promise<Task> {
  const task = taskRow({ containerInstanceId: api().instanceId, ...members });
  await api().store.reserveTasks({ clusterName: task.clusterName, tasks: [task] });
  return task;
}

const stop = (task: string, more = {}) => api().ecs.send(new StopTaskCommand({ task, ...more }));

beforeAll(async () => {
  await registerDefinition(api().store, 'web');
  await ensureCluster(api().store, 'lists');
  await ensureCluster(api().store, 'other');
});

describe('DescribeTasks', () => {
  const describeTasks = (tasks: string[], more = {}) => api().ecs.send(new DescribeTasksCommand({ tasks, ...more }));

  test('shows tasks by id or ARN in the order of the request, with failures for missing ones', async () => {
    const [first, second] = [await seed({}), await seed({})];
    const missing = newTaskId();
    const answer = await describeTasks([second.taskId, missing, arnOf(first.taskId)]);
    expect(answer.tasks?.map((task) => task.taskArn)).toEqual([arnOf(second.taskId), arnOf(first.taskId)]);
    expect(answer.failures).toEqual([{ arn: arnOf(missing), reason: 'MISSING' }]);
  });

  test('reads an instance’s architecture once, whether it has one or not', async () => {
    const { store, gateway } = api();
    const plain = registrationOf({ attributes: [] });
    await gateway.registerInstance(plain);
    const tasks = [await seed({}), await seed({ containerInstanceId: plain.containerInstanceId })];
    const ids = tasks.map((task) => task.taskId);
    const attributes = [[{ name: 'ecs.cpu-architecture', value: 'x86_64' }], []];
    expect((await describeTasks(ids)).tasks?.map((task) => task.attributes)).toEqual(attributes);
    const getInstances = vi.spyOn(store, 'getInstances');
    expect((await describeTasks(ids)).tasks?.map((task) => task.attributes)).toEqual(attributes);
    expect(getInstances).not.toHaveBeenCalled();
  });

  test('shows tags only if asked, and lists even if empty', async () => {
    const { taskId } = await seed({ tags: [{ key: 'a', value: 'b' }] });
    const without = (await describeTasks([taskId])).tasks?.[0];
    expect(without).toMatchObject({ tags: [], attachments: [], inferenceAccelerators: [] });
    expect(without?.containers?.[0]).toMatchObject({ networkBindings: [], networkInterfaces: [], cpu: '0' });
    expect((await describeTasks([taskId], { include: ['TAGS'] })).tasks?.[0]?.tags).toEqual([{ key: 'a', value: 'b' }]);
  });

  test.each<[string, string[], object, string, string | RegExp]>([
    ['no tasks', [], {}, 'InvalidParameterException', 'Tasks cannot be empty.'],
    ['more than 100', Array(101).fill('a'.repeat(32)), {}, 'InvalidParameterException', /100/],
    ['an odd id', ['abc'], {}, 'InvalidParameterException', 'taskId length should be one of [32,36]'],
    ['unknown cluster', ['a'.repeat(32)], { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'another cluster',
      [arnOf('a'.repeat(32), 'other')],
      {},
      'InvalidParameterException',
      'Invalid identifier: Identifier is for cluster other. Your cluster is default',
    ],
    [
      'another kind of resource',
      ['arn:aws:ecs:us-east-1:123456789012:cluster/default'],
      {},
      'InvalidParameterException',
      'Unsupported resource type: cluster',
    ],
  ])('refuses: %s', async (_name, ...row) => {
    const [tasks, more, code, message] = row;
    await expectRefusal(describeTasks(tasks, more), code, message);
  });
});

describe('StopTask', () => {
  test('asks the owner and answers with the stopping task', async () => {
    const { taskId } = await seed({ ownerWorkflowId: 'service/default/web' });
    const { task } = await stop(taskId);
    expect(task).toMatchObject({
      taskArn: arnOf(taskId),
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'Task stopped by user',
    });
    expect(api().gateway.last('stopTask')).toMatchObject({ ownerWorkflowId: 'service/default/web', taskId });
  });

  test('keeps the reason verbatim', async () => {
    const { taskId } = await seed({});
    expect((await stop(arnOf(taskId), { reason: 'bye: now' })).task?.stoppedReason).toBe('bye: now');
  });

  test('answers with an already stopping task without asking its owner', async () => {
    const { taskId } = await seed({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED' });
    const asked = api().gateway.count('stopTask');
    expect((await stop(taskId)).task?.lastStatus).toBe('STOPPED');
    expect(api().gateway.count('stopTask')).toBe(asked);
  });

  test.each<[string, string, object, string, string | RegExp]>([
    ['unknown task', 'a'.repeat(32), {}, 'InvalidParameterException', 'The referenced task was not found.'],
    ['odd id', 'abc', {}, 'InvalidParameterException', 'taskId length should be one of [32,36]'],
    ['unknown cluster', 'a'.repeat(32), { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['long reason', 'a'.repeat(32), { reason: 'x'.repeat(1025) }, 'InvalidParameterException', /1024/],
  ])('refuses: %s', async (_name, ...row) => {
    const [task, more, code, message] = row;
    await expectRefusal(stop(task, more), code, message);
  });
});

describe('task protection', () => {
  const web = { serviceName: 'web', group: 'service:web', ownerWorkflowId: 'service/default/web' };
  const update = (tasks: string[], protectionEnabled: boolean, more = {}) =>
    api().ecs.send(new UpdateTaskProtectionCommand({ cluster: 'default', tasks, protectionEnabled, ...more }));
  const get = (tasks: string[], more = {}) =>
    api().ecs.send(new GetTaskProtectionCommand({ cluster: 'default', tasks, ...more }));

  test('is set for two hours by default, shown with its end, and removed', async () => {
    const { taskId } = await seed(web);
    const taskArn = arnOf(taskId);
    const off = { protectedTasks: [{ taskArn, protectionEnabled: false }], failures: [] };
    expect(await get([taskId])).toMatchObject(off);
    const earliest = Date.now() + 7_200_000;
    const set = await update([taskArn], true);
    const latest = Date.now() + 7_200_000;
    expect(api().gateway.last('protectTasks')).toMatchObject({ taskIds: [taskId], protectForMs: 7_200_000 });
    const { expirationDate } = set.protectedTasks![0]!;
    // On the wire, times are decimal seconds with whole milliseconds.
    expect(expirationDate!.getTime()).toBeGreaterThanOrEqual(earliest - 1);
    expect(expirationDate!.getTime()).toBeLessThanOrEqual(latest + 1);
    expect((await get([taskId])).protectedTasks).toEqual([{ taskArn, protectionEnabled: true, expirationDate }]);
    await update([taskId], true, { expiresInMinutes: 2880 });
    expect(api().gateway.last('protectTasks')).toMatchObject({ protectForMs: 2880 * 60_000 });
    expect(await update([taskId], false)).toMatchObject(off);
    expect((await get([taskId])).protectedTasks?.[0]?.expirationDate).toBeUndefined();
  });

  test('asks each owner once; tasks that cannot be protected are failures', async () => {
    const mine = [await seed(web), await seed(web)].map(({ taskId }) => taskId);
    const other = await seed({ ...web, serviceName: 'api', ownerWorkflowId: 'service/default/api' });
    const alone = await seed({});
    const stopped = await seed({ ...web, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
    const unknown = newTaskId();
    const asked = api().gateway.count('protectTasks');
    const named = [unknown, mine[0]!, alone.taskId, other.taskId, stopped.taskId, mine[1]!];
    const answer = await update(named, true);
    expect(api().gateway.count('protectTasks') - asked).toBe(2);
    const arns = [mine[0]!, other.taskId, mine[1]!].map((id) => arnOf(id));
    expect(answer.protectedTasks?.map((task) => task.taskArn)).toEqual(arns);
    const failures = [
      { arn: arnOf(unknown), reason: 'MISSING' },
      { arn: arnOf(alone.taskId), reason: 'TASK_NOT_VALID' },
      { arn: arnOf(stopped.taskId), reason: 'TASK_NOT_VALID' },
    ];
    expect(answer.failures).toMatchObject(failures);
    expect((await get(named)).failures).toMatchObject(failures);
  });

  test.each<[string, () => Promise<unknown>, string, string | RegExp]>([
    ['no tasks', () => update([], true), 'InvalidParameterException', 'Tasks cannot be empty.'],
    ['eleven tasks', () => update(Array<string>(11).fill('a'.repeat(32)), true), 'InvalidParameterException', /10/],
    ['no time', () => update(['a'.repeat(32)], true, { expiresInMinutes: 0 }), 'InvalidParameterException', /2880/],
    ['long', () => update(['a'.repeat(32)], true, { expiresInMinutes: 2881 }), 'InvalidParameterException', /2880/],
    ['no cluster', () => get(['a'.repeat(32)], { cluster: 'nope' }), 'ClusterNotFoundException', 'Cluster not found.'],
  ])('refuses: %s', async (_name, call, code, message) => {
    await expectRefusal(call(), code, message);
  });
});

describe('ListTasks', () => {
  const list = async (input: Partial<ListTasksCommandInput>) => {
    const answer = await api().ecs.send(new ListTasksCommand({ cluster: 'lists', ...input }));
    return (answer.taskArns ?? []).map((arn) => names.get(arn.split('/').at(-1)!)).sort();
  };
  const names = new Map<string, string>();

  beforeAll(async () => {
    const { store, gateway } = api();
    await gateway.registerInstance({
      containerInstanceId: 'b'.repeat(32),
      clusterName: 'lists',
      resources: { cpu: 4096, memoryMiB: 8192, reservedPorts: [], gpuIds: [] },
      attributes: [],
      agentVersion: '1.0.0',
      agentHash: '',
      dockerVersion: '',
      tags: [],
      sessionId: 's',
    });
    const base = { clusterName: 'lists', containerInstanceId: 'b'.repeat(32) };
    const rows: [string, Partial<Task>][] = [
      ['running', {}],
      ['fargate', { launchType: 'FARGATE' }],
      ['other-family', { family: 'worker' }],
      ['started-by-me', { startedBy: 'me' }],
      ['of-service', { serviceName: 'web', group: 'service:web' }],
      ['stopping', { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' }],
    ];
    for (const [name, members] of rows) names.set((await seed({ ...base, ...members })).taskId, name);
    const record = serviceRow();
    await store.recordOwner({
      clusterName: 'lists',
      tasks: [],
      service: { ...record, definition: { ...record.definition, clusterName: 'lists' } },
      events: [],
    });
  });

  const RUNNING = ['fargate', 'of-service', 'other-family', 'running', 'started-by-me'];
  test.each<[string, Partial<ListTasksCommandInput>, string[]]>([
    ['by default the tasks whose desired status is RUNNING', {}, RUNNING],
    ['STOPPED: also tasks that are stopping', { desiredStatus: 'STOPPED' }, ['stopping']],
    ['PENDING: nothing', { desiredStatus: 'PENDING' }, []],
    ['family', { family: 'worker' }, ['other-family']],
    ['launch type', { launchType: 'FARGATE' }, ['fargate']],
    ['service by name', { serviceName: 'web' }, ['of-service']],
    ['service by ARN', { serviceName: 'arn:aws:ecs:us-east-1:123456789012:service/lists/web' }, ['of-service']],
    ['startedBy', { startedBy: 'me' }, ['started-by-me']],
    ['startedBy with a desired status', { startedBy: 'me', desiredStatus: 'RUNNING' }, ['started-by-me']],
    ['instance', { containerInstance: 'b'.repeat(32) }, RUNNING],
    ['another instance', { containerInstance: 'c'.repeat(32) }, []],
  ])('%s', async (_name, input, expected) => {
    expect(await list(input)).toEqual(expected);
  });

  test('shows every task once over its pages', async () => {
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await api().ecs.send(new ListTasksCommand({ cluster: 'lists', maxResults: 2, nextToken }));
      expect(page.taskArns!.length).toBeLessThanOrEqual(2);
      seen.push(...page.taskArns!);
      nextToken = page.nextToken;
    } while (nextToken);
    expect(new Set(seen).size).toBe(RUNNING.length);
    expect(seen).toHaveLength(RUNNING.length);
  });

  test.each<[string, Partial<ListTasksCommandInput>, string, string | RegExp]>([
    ['startedBy with a family', { startedBy: 'me', family: 'web' }, 'InvalidParameterException', /only filter.*family/],
    ['unknown service', { serviceName: 'nope' }, 'ServiceNotFoundException', 'Service not found.'],
    ['unknown cluster', { cluster: 'nope', serviceName: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['maxResults 101', { maxResults: 101 }, 'InvalidParameterException', /maxResults/],
    ['bad token', { nextToken: 'x' }, 'InvalidParameterException', 'Invalid token'],
  ])('refuses: %s', async (_name, input, code, message) => {
    await expectRefusal(list(input), code, message);
  });
});
