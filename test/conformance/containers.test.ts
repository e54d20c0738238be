/** Tasks as containers on a real engine, seen through the API: networks, health, order, and what kills them. */
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { describe, expect, it, vi } from 'vitest';
import { TEST_IMAGE } from '../support/images.ts';
import { withLongshore } from './support/lifetime.ts';
import { getFromOutside, getInside, PATIENCE, webContainer } from './support/web.ts';

const running = withLongshore();
const ecs = (): ECSClient => running().ecs;

const register = (family: string, definition: Omit<RegisterTaskDefinitionCommandInput, 'family'>): Promise<unknown> =>
  ecs().send(new RegisterTaskDefinitionCommand({ family, ...definition }));

async function runTask(family: string): Promise<string> {
  const { tasks = [], failures } = await ecs().send(new RunTaskCommand({ taskDefinition: family }));
  expect(failures).toEqual([]);
  return tasks[0]!.taskArn!;
}

async function describeTask(arn: string): Promise<Task> {
  const { tasks = [] } = await ecs().send(new DescribeTasksCommand({ tasks: [arn] }));
  return tasks[0]!;
}

/** The task once it has the status. */
const reaches = (arn: string, lastStatus: string): Promise<Task> =>
  vi.waitFor(async () => {
    const task = await describeTask(arn);
    expect(task.lastStatus, JSON.stringify(task.containers)).toBe(lastStatus);
    return task;
  }, PATIENCE);

async function stop(arn: string): Promise<void> {
  await ecs().send(new StopTaskCommand({ task: arn }));
  await reaches(arn, 'STOPPED');
}

async function serviceTasks(serviceName: string): Promise<Task[]> {
  const { taskArns = [] } = await ecs().send(new ListTasksCommand({ serviceName }));
  if (taskArns.length === 0) return [];
  return (await ecs().send(new DescribeTasksCommand({ tasks: taskArns }))).tasks ?? [];
}

const hostPort = (task: Task): number | undefined => task.containers?.[0]?.networkBindings?.[0]?.hostPort;

describe('network modes', () => {
  it('bridge: a static and a dynamic host port answer', async () => {
    const family = 'bridge';
    const portMappings = [{ containerPort: 80, hostPort: 8088 }];
    const dynamic = webContainer('dynamic', { name: 'dynamic', portMappings: [{ containerPort: 80 }] });
    await register(family, { containerDefinitions: [webContainer('static', { portMappings }), dynamic] });
    const task = await reaches(await runTask(family), 'RUNNING');
    const bindings = Object.fromEntries(task.containers!.map((c) => [c.name!, c.networkBindings?.[0]?.hostPort]));
    expect(bindings['web']).toBe(8088);
    expect(bindings['dynamic']).toBeGreaterThan(1024);
    expect(await getFromOutside(running().engine, 8088)).toBe('static');
    expect(await getFromOutside(running().engine, bindings['dynamic'])).toBe('dynamic');
    await stop(task.taskArn!);
  });

  it('host: the container listens on the host itself', async () => {
    await register('host', {
      networkMode: 'host',
      containerDefinitions: [webContainer('host', { portMappings: [{ containerPort: 8089 }] }, 8089)],
    });
    const task = await reaches(await runTask('host'), 'RUNNING');
    expect(hostPort(task)).toBe(8089);
    expect(await getFromOutside(running().engine, 8089)).toBe('host');
    await stop(task.taskArn!);
  });

  it('awsvpc: the task has its own address, and its containers share localhost', async () => {
    const client = {
      name: 'client',
      image: TEST_IMAGE,
      memory: 16,
      essential: true,
      command: [
        'sh',
        '-c',
        'trap "exit 0" TERM; until wget -qO- http://127.0.0.1/ | grep -q awsvpc; do sleep 0.2; done; sleep 600 & wait $!',
      ],
      healthCheck: { command: ['CMD-SHELL', 'wget -qO- http://127.0.0.1/ | grep -q awsvpc'], interval: 5, timeout: 3 },
    };
    await register('awsvpc', { networkMode: 'awsvpc', containerDefinitions: [webContainer('awsvpc'), client] });
    const { tasks = [] } = await ecs().send(
      new RunTaskCommand({
        taskDefinition: 'awsvpc',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      }),
    );
    const task = await reaches(tasks[0]!.taskArn!, 'RUNNING');
    const address = task.containers![0]!.networkInterfaces![0]!.privateIpv4Address!;
    expect(task.attachments?.[0]?.details).toContainEqual({ name: 'privateIPv4Address', value: address });
    expect(await getInside(running().engine, address)).toBe('awsvpc');
    await vi.waitFor(async () => expect((await describeTask(task.taskArn!)).healthStatus).toBe('HEALTHY'), PATIENCE);
    await stop(task.taskArn!);
  });

  it('none: the container has only loopback', async () => {
    const command = ['sh', '-c', 'test "$(ls /sys/class/net)" = lo'];
    const alone = { name: 'alone', image: TEST_IMAGE, memory: 16, command };
    await register('none', { networkMode: 'none', containerDefinitions: [alone] });
    const task = await reaches(await runTask('none'), 'STOPPED');
    expect(task.containers).toMatchObject([{ exitCode: 0 }]);
    expect(task.containers![0]!.networkBindings ?? []).toEqual([]);
  });
});

describe('health', () => {
  it('replaces a service task that turns unhealthy, and shows both states', async () => {
    const healthCheck = { command: ['CMD-SHELL', 'test ! -e /tmp/sick'], interval: 5, retries: 1, timeout: 20 };
    await register('checked', { containerDefinitions: [webContainer('checked', { healthCheck })] });
    await ecs().send(new CreateServiceCommand({ serviceName: 'checked', taskDefinition: 'checked', desiredCount: 1 }));
    const healthyTask = (except?: string): Promise<Task> =>
      vi.waitFor(async () => {
        const tasks = await serviceTasks('checked');
        const task = tasks.find((t) => t.healthStatus === 'HEALTHY' && t.taskArn !== except);
        if (task === undefined) throw new Error(`no healthy task: ${JSON.stringify(tasks)}`);
        return task;
      }, PATIENCE);
    const first = await healthyTask();
    const id = first.containers![0]!.runtimeId!;
    const sicken = await running()
      .engine.docker.getContainer(id)
      .exec({ Cmd: ['touch', '/tmp/sick'], AttachStdout: true });
    await sicken.start({ Detach: true });
    const second = await healthyTask(first.taskArn);
    expect(second.taskArn).not.toBe(first.taskArn);
    const gone = await reaches(first.taskArn!, 'STOPPED');
    expect(gone).toMatchObject({ healthStatus: 'UNHEALTHY', stopCode: 'ServiceSchedulerInitiated' });
    expect(gone.stoppedReason).toMatch(/failed container health checks/);
    await ecs().send(new DeleteServiceCommand({ service: 'checked', force: true }));
  });
});

describe('order', () => {
  it('of containers follows dependsOn', async () => {
    const shared = [{ sourceVolume: 'notes', containerPath: '/notes' }];
    const note = (name: string): string[] => ['sh', '-c', `sleep 0.5; echo ${name} >> /notes/order`];
    const step = { image: TEST_IMAGE, memory: 16, essential: false, mountPoints: shared };
    const main = {
      ...step,
      name: 'main',
      essential: true,
      command: ['sh', '-c', 'test "$(echo $(cat /notes/order))" = "first second"'],
      dependsOn: [{ containerName: 'second', condition: 'SUCCESS' as const }],
    };
    const second = {
      ...step,
      name: 'second',
      command: note('second'),
      dependsOn: [{ containerName: 'first', condition: 'COMPLETE' as const }],
    };
    const first = { ...step, name: 'first', command: note('first') };
    await register('ordered', {
      containerDefinitions: [main, second, first],
      volumes: [{ name: 'notes', dockerVolumeConfiguration: { scope: 'task' } }],
    });
    const task = await reaches(await runTask('ordered'), 'STOPPED');
    const codes = Object.fromEntries(task.containers!.map(({ name, exitCode }) => [name, exitCode]));
    expect(codes).toEqual({ first: 0, second: 0, main: 0 });
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  });
});

describe('a killed container', () => {
  it('stops its task with the exit code, and the service starts another', async () => {
    await register('killed', {
      containerDefinitions: [webContainer('killed', { portMappings: [{ containerPort: 80 }] })],
    });
    await ecs().send(new CreateServiceCommand({ serviceName: 'killed', taskDefinition: 'killed', desiredCount: 2 }));
    const two = (): Promise<Task[]> =>
      vi.waitFor(async () => {
        const tasks = (await serviceTasks('killed')).filter((task) => task.lastStatus === 'RUNNING');
        expect(tasks).toHaveLength(2);
        return tasks;
      }, PATIENCE);
    const [victim, survivor] = await two();
    await running().engine.docker.getContainer(victim!.containers![0]!.runtimeId!).kill();
    const gone = await reaches(victim!.taskArn!, 'STOPPED');
    expect(gone).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137 }],
    });
    const now = await two();
    expect(now.map((task) => task.taskArn)).toContain(survivor!.taskArn);
    for (const task of now) expect(await getFromOutside(running().engine, hostPort(task))).toBe('killed');
    await ecs().send(new DeleteServiceCommand({ service: 'killed', force: true }));
    await vi.waitFor(async () => {
      const { services = [] } = await ecs().send(new DescribeServicesCommand({ services: ['killed'] }));
      expect(services[0]).toMatchObject({ status: 'INACTIVE' });
    }, PATIENCE);
  });
});
