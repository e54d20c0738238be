/** How a restarted agent takes over tasks on a real engine. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage } from '../../support/images.ts';
import { definition, OWNER, shell, TestHost, WAIT } from './host.ts';

let engine: DockerEngine;
let host: TestHost;
beforeAll(async () => {
  engine = await startDockerEngine();
  await ensureTestImage(engine.docker);
});
afterEach(() => host.close());
afterAll(() => engine.destroy());

const expected = (taskId: string, more = {}) => ({
  taskId,
  ownerWorkflowId: OWNER,
  wasRunning: true,
  shouldStop: false,
  ...more,
});

/** Kills the agent and starts a new one in its place. */
async function restart(while_: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  host.tasks.close();
  await while_();
  host = await TestHost.open(engine, { id: host.containerInstanceId });
}

describe('a restarted agent', () => {
  it('adopts running tasks, reports them and keeps watching', async () => {
    host = await TestHost.open(engine);
    const before = await host.run(definition([shell('main', WAIT)], { networkMode: 'awsvpc' }));
    await restart();
    await host.tasks.reconcile([expected(before.taskId)]);
    const after = host.latest(before.taskId);
    expect(after).toMatchObject({ lastStatus: 'RUNNING', attachments: before.attachments });
    expect(after.containers[0]).toMatchObject({ lastStatus: 'RUNNING', runtimeId: before.containers[0]!.runtimeId });
    await engine.docker.getContainer(before.containers[0]!.runtimeId!).kill();
    const ended = await host.reported(before.taskId, (r) => r.lastStatus === 'STOPPED');
    expect(ended).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137 }] });
  });

  it('reports tasks that have ended meanwhile, with their exit codes', async () => {
    host = await TestHost.open(engine);
    const task = await host.run(
      definition([shell('main', 'sleep 2; exit 7'), shell('side', WAIT, { essential: false, stopTimeout: 30 })]),
    );
    await restart(() => new Promise((resolve) => setTimeout(resolve, 3_000)));
    await host.tasks.reconcile([expected(task.taskId)]);
    const ended = await host.reported(task.taskId, (r) => r.lastStatus === 'STOPPED');
    expect(ended.containers.map((c) => c.exitCode)).toEqual([7, 0]);
  });

  it('reports a task whose containers are gone', async () => {
    host = await TestHost.open(engine);
    const task = await host.run(definition([shell('main', WAIT)]));
    await restart(() => engine.docker.getContainer(task.containers[0]!.runtimeId!).remove({ force: true }));
    await host.tasks.reconcile([expected(task.taskId)]);
    expect(host.latest(task.taskId)).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'ContainerVanishedError: No container matching saved ID found',
    });
  });

  it('does not report a task that had not started, and launches it when ordered again', async () => {
    host = await TestHost.open(engine);
    const taskId = 'a'.repeat(32);
    await host.tasks.reconcile([expected(taskId, { wasRunning: false })]);
    expect(host.reports).toEqual([]);
    expect(await host.run(definition([shell('main', WAIT)]), { taskId })).toMatchObject({ lastStatus: 'RUNNING' });
  });

  it('stops and removes tasks that are no longer expected, without a report', async () => {
    host = await TestHost.open(engine);
    const task = await host.run(definition([shell('main', WAIT)], { networkMode: 'awsvpc' }));
    await restart();
    await host.tasks.reconcile([]);
    expect(await host.containers(task.taskId)).toEqual([]);
    expect(host.reports).toEqual([]);
  });

  it('leaves the containers of other instances alone', async () => {
    host = await TestHost.open(engine);
    const other = await TestHost.open(engine);
    const task = await other.run(definition([shell('main', WAIT)]));
    await restart();
    await host.tasks.reconcile([]);
    expect(await other.containers(task.taskId)).toEqual(['main']);
    await other.close();
  });
});

describe('a repeated launch', () => {
  const twice = definition([
    shell('first', WAIT),
    shell('second', WAIT, { dependsOn: [{ containerName: 'first', condition: 'START' }] }),
  ]);

  it('does not launch the task twice, at the same time or later', async () => {
    host = await TestHost.open(engine);
    const taskId = 'b'.repeat(32);
    const [one, two] = await Promise.all([host.run(twice, { taskId }), host.run(twice, { taskId })]);
    expect(one).toEqual(two);
    expect(await host.run(twice, { taskId })).toEqual(one);
    expect(await host.containers(taskId)).toEqual(['first', 'second']);
  });

  it('completes a launch that an earlier agent left unfinished', async () => {
    host = await TestHost.open(engine);
    const taskId = 'c'.repeat(32);
    const whole = await host.run(twice, { taskId });
    // As if the agent had died in the middle: one container is gone, the other is created but not started.
    const [first, second] = whole.containers.map((c) => engine.docker.getContainer(c.runtimeId!));
    await restart(async () => {
      await second!.remove({ force: true });
    });
    await host.tasks.reconcile([expected(taskId, { wasRunning: false })]);
    const again = await host.run(twice, { taskId });
    expect(again.lastStatus).toBe('RUNNING');
    expect(again.containers[0]!.runtimeId).toBe(first!.id);
    expect(again.containers[1]!.runtimeId).not.toBe(second!.id);
  });

  it('starts a container that an earlier attempt only created', async () => {
    host = await TestHost.open(engine);
    const taskId = 'd'.repeat(32);
    const whole = await host.run(twice, { taskId });
    const id = whole.containers[1]!.runtimeId!;
    await restart(async () => {
      const { Config, HostConfig, Name } = await engine.docker.getContainer(id).inspect();
      await engine.docker.getContainer(id).remove({ force: true });
      await engine.docker.createContainer({ ...Config, HostConfig, name: Name.slice(1) });
    });
    await host.tasks.reconcile([expected(taskId, { wasRunning: false })]);
    expect(await host.run(twice, { taskId })).toMatchObject({ lastStatus: 'RUNNING' });
  });
});

describe('clean-up', () => {
  it('removes stopped containers and the task’s volumes after the wait', async () => {
    // Long enough to see, on a busy machine, that nothing goes before.
    host = await TestHost.open(engine, { cleanupWaitMs: 3_000 });
    const volumes = [{ name: 'scratch' }];
    const mountPoints = [{ sourceVolume: 'scratch', containerPath: '/scratch' }];
    const task = await host.run(definition([shell('main', 'sleep 0.2', { mountPoints })], { volumes }));
    await host.reported(task.taskId, (r) => r.lastStatus === 'STOPPED');
    expect(await host.containers(task.taskId)).toEqual(['main']);
    await expect.poll(() => host.containers(task.taskId), { timeout: 30_000 }).toEqual([]);
    const names = async () => (await engine.docker.listVolumes()).Volumes.map((v) => v.Name);
    await expect.poll(names).not.toContain(`ecs-web-1-scratch-${task.taskId}`);
  });
});

describe('an engine that is killed', () => {
  it('restarts, and the agent reports the containers that ended with it', async () => {
    host = await TestHost.open(engine);
    const tasks = await Promise.all([1, 2].map(() => host.run(definition([shell('main', WAIT)]))));
    await engine.kill('SIGKILL');
    await expect.poll(() => host.tasks.engineAwayMs).toBeGreaterThan(0);
    // Without live restore, a starting engine ends the containers of its earlier life.
    await engine.start();
    for (const { taskId } of tasks) {
      const ended = await host.reported(taskId, (r) => r.lastStatus === 'STOPPED');
      expect(ended.stopCode).toBe('EssentialContainerExited');
    }
    expect(host.tasks.engineAwayMs).toBe(0);
    expect(await host.run(definition([shell('main', WAIT)]))).toMatchObject({ lastStatus: 'RUNNING' });
  });

  it('does not launch a declined task, now or later, and reports it STOPPED because its instance was given up', async () => {
    host = await TestHost.open(engine);
    const taskId = 'd'.repeat(32);
    host.tasks.decline(taskId, OWNER);
    expect(() => host.launch(definition([shell('main', WAIT)]), { taskId })).toThrow('already ended');
    const declined = {
      lastStatus: 'STOPPED',
      stopCode: 'TerminationNotice',
      stoppedReason: expect.stringContaining('Host EC2') as string,
    };
    expect(host.reports).toEqual([expect.objectContaining(declined), expect.objectContaining(declined)]);
    expect(await host.containers(taskId)).toEqual([]);
  });
});
