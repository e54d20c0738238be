/** Stopping the containers of a task whose engine makes difficulties. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import pino from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { planTask } from '../../../activities/host/launch/plan.ts';
import { HostPorts } from '../../../activities/host/launch/host-ports.ts';
import { Slots } from '../../../activities/host/launch/slots.ts';
import { TaskRun } from '../../../activities/host/launch/task-run.ts';
import type { ContainerRuntime, ObservedContainer } from '../../../activities/host/runtime/types.ts';
import type { TaskReport } from '../../../model/task.ts';
import { taskDefinition } from '../../support/commands.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An engine with one running container, whose stop does what the test says. */
function anEngine() {
  const engine = {
    status: 'running' as ObservedContainer['status'],
    stops: 0,
    onStop: (): void => undefined,
    inspect: (): ObservedContainer | undefined => ({
      id: 'c1',
      name: 'c1',
      labels: {},
      status: engine.status,
      ...(engine.status === 'exited' ? { exitCode: 143 } : {}),
      oomKilled: false,
      networkBindings: [],
      startedAt: 1,
    }),
  };
  const runtime: Partial<ContainerRuntime> = {
    stop: () => {
      engine.stops += 1;
      engine.onStop();
      return Promise.resolve();
    },
    remove: () => Promise.reject(new Error('removal is already in progress')),
    inspect: () => Promise.resolve().then(() => engine.inspect()),
  };
  return { engine, runtime: runtime as ContainerRuntime };
}

/** An adopted running task with one container, or with these. */
function adopted(
  runtime: ContainerRuntime,
  reports: TaskReport[],
  containerDefinitions?: ContainerDefinition[],
): TaskRun {
  const definition = taskDefinition(containerDefinitions ? { containerDefinitions } : {});
  const launch = {
    taskId: 't1',
    taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/default/t1',
    taskDefinitionArn: definition.taskDefinitionArn,
    group: 'service:web',
    launchType: 'EC2' as const,
    overrides: {},
  };
  const plan = planTask(definition, launch, 'service/default/web');
  const observed = plan.containers.map(({ name }, i): [string, ObservedContainer] => [
    name,
    {
      id: `c${i + 1}`,
      name,
      labels: {},
      status: 'running',
      oomKilled: false,
      networkBindings: [],
      startedAt: 1,
    },
  ]);
  return TaskRun.adopt(plan, new Map(observed), {
    runtime,
    containerInstanceId: 'i1',
    slots: new Slots(1),
    hostPorts: new HostPorts({ publishedPorts: () => Promise.resolve(new Set()) }),
    now: () => 1_000,
    logger: pino({ level: 'silent' }),
    report: (_owner, report) => reports.push(report),
    onStopped: () => undefined,
  });
}

it.each<[string, (engine: ReturnType<typeof anEngine>['engine']) => void]>([
  [
    'the stop call failed and the container still runs',
    (engine) => {
      engine.onStop = () => {
        throw new Error('engine is busy');
      };
    },
  ],
  [
    'the engine cannot be asked',
    (engine) => {
      engine.inspect = () => {
        throw new Error('no answer');
      };
    },
  ],
])('%s: the task is not STOPPED, and is stopped again until it is', async (_name, fail) => {
  const { engine, runtime } = anEngine();
  const reports: TaskReport[] = [];
  const run = adopted(runtime, reports);
  const { inspect } = engine;
  fail(engine);
  run.stop();
  await vi.advanceTimersByTimeAsync(700);
  expect(engine.stops).toBe(1);
  expect(run.isStopped).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(engine.stops).toBe(2);
  engine.inspect = inspect;
  engine.onStop = () => {
    engine.status = 'exited';
  };
  await vi.advanceTimersByTimeAsync(5_000);
  expect(run.isStopped).toBe(true);
  expect(reports.at(-1)).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 143 }] });
});

it('reports a killed task STOPPED once it knows whether the task ran out of memory', async () => {
  const { runtime } = anEngine();
  const ends = async (oomAfterMs: number | undefined) => {
    const reports: TaskReport[] = [];
    const run = adopted(runtime, reports, [{ name: 'eats', image: 'busybox', memory: 64 }]);
    const about = { containerId: 'c1', labels: {} };
    run.onEvent('eats', { ...about, kind: 'died', exitCode: 137 });
    expect(reports.map(({ lastStatus, executionStoppedAt }) => [lastStatus, executionStoppedAt])).toEqual([
      ['RUNNING', 1_000],
    ]);
    await vi.advanceTimersByTimeAsync(oomAfterMs ?? 1_000);
    if (oomAfterMs !== undefined) run.onEvent('eats', { ...about, kind: 'oom' });
    const stopped = reports.filter(({ lastStatus }) => lastStatus === 'STOPPED');
    return stopped.map(({ containers }) => containers.map(({ reason }) => reason));
  };
  expect(await ends(200)).toEqual([['OutOfMemoryError: Container killed due to memory usage']]);
  expect(await ends(undefined)).toEqual([[undefined]]);
});

it('accepts an OOM event after the end that it caused, and blames no other container', async () => {
  const { runtime } = anEngine();
  const reports: TaskReport[] = [];
  const run = adopted(runtime, reports, [
    { name: 'eats', image: 'busybox', memory: 64 },
    { name: 'beside', image: 'busybox', memory: 64 },
  ]);
  const happens = (name: string, event: { kind: 'died' | 'oom'; exitCode?: number }): void =>
    run.onEvent(name, { ...event, containerId: name === 'eats' ? 'c1' : 'c2', labels: {} });
  happens('eats', { kind: 'died', exitCode: 137 });
  // With version 1 cgroups, every container of the task gets the OOM event.
  happens('beside', { kind: 'oom' });
  happens('eats', { kind: 'oom' });
  happens('beside', { kind: 'died', exitCode: 137 });
  await vi.advanceTimersByTimeAsync(10);
  expect(reports.at(-1)).toMatchObject({ lastStatus: 'STOPPED' });
  expect(reports.at(-1)?.containers.map(({ name, reason }) => [name, reason])).toEqual([
    ['eats', 'OutOfMemoryError: Container killed due to memory usage'],
    ['beside', undefined],
  ]);
});
