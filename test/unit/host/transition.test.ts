/** The life of a task without an engine: inputs go in; the task and its effects come out. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { planTask } from '../../../activities/host/launch/plan.ts';
import { newLife, recordOf } from '../../../activities/host/launch/task-life.ts';
import type { TaskLife } from '../../../activities/host/launch/task-life.ts';
import { transition } from '../../../activities/host/launch/transition.ts';
import type { TaskInput } from '../../../activities/host/launch/transition.ts';
import { VANISHED } from '../../../activities/host/launch/vanished.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { taskDefinition } from '../../support/commands.ts';
import { container } from '../../support/simulated-host.ts';

/** Takes inputs a second apart, and records the effects of each. */
class Life {
  task: TaskLife;
  now = 0;
  last: readonly string[] = [];
  wakeAt: number | undefined;

  constructor(containers: ContainerDefinition[], more: Partial<TaskDefinition> = {}) {
    const definition = taskDefinition({ containerDefinitions: containers, ...more });
    const { taskDefinitionArn } = definition;
    const launch = { taskId: 't1', taskArn: 'arn:task/t1', taskDefinitionArn, group: 'family:web', overrides: {} };
    this.task = newLife(planTask(definition, launch, 'run-task/1'));
  }

  take(...inputs: readonly TaskInput[]): this {
    for (const input of inputs) {
      this.now += 1_000;
      const { task, effects, wakeAt } = transition(this.task, input, this.now);
      this.task = task;
      this.wakeAt = wakeAt;
      this.last = effects.map((effect) => ('name' in effect ? `${effect.kind} ${effect.name}` : effect.kind));
    }
    return this;
  }

  /** The host is prepared and these containers have been started. */
  up(...names: readonly string[]): this {
    const all = this.task.containers.map(({ plan }): TaskInput => ({ kind: 'pulled', name: plan.name }));
    this.take(...all, { kind: 'prepared', ...(this.task.plan.hasHolder ? { pauseContainer: { id: 'pause' } } : {}) });
    return this.start(...names);
  }

  start(...names: readonly string[]): this {
    for (const name of names)
      this.take({ kind: 'created', name, containerId: name }, { kind: 'started', name, awaitsBindings: false });
    return this;
  }

  phase(name: string): string {
    return recordOf(this.task, name).phase;
  }
}

const died = (name: string, exitCode: number): TaskInput => ({
  kind: 'event',
  name,
  event: { kind: 'died', containerId: name, labels: {}, exitCode },
});
const told = (name: string, kind: 'oom' | 'removed'): TaskInput => ({
  kind: 'event',
  name,
  event: { kind, containerId: name, labels: {} },
});

describe('startup', () => {
  it('starts a container when its image is pulled and the host is prepared, and reports RUNNING once all run', () => {
    const life = new Life([container('a'), container('b')]).take({ kind: 'prepared' });
    expect(life.take({ kind: 'pulled', name: 'a' }).last).toEqual(['start a']);
    expect(life.take({ kind: 'pulled', name: 'a' }).last).toEqual([]);
    expect(life.take({ kind: 'pulled', name: 'b' }).last).toEqual(['start b']);
    expect(life.start('b').last).toEqual([]);
    expect(life.start('a').last).toEqual(['report', 'running']);
    expect(life.task.startedAt).toBe(life.now);
  });

  it('reports RUNNING only when the host ports are known', () => {
    const life = new Life([container('a')]).up().take({ kind: 'created', name: 'a', containerId: 'a' });
    expect(life.take({ kind: 'started', name: 'a', awaitsBindings: true }).last).toEqual([]);
    expect(life.take({ kind: 'bindings', name: 'a', networkBindings: [] }).last).toEqual(['report', 'running']);
  });

  it('wakes when the start timeout of a dependency ends, and fails the task then', () => {
    const dependsOn = [{ containerName: 'a', condition: 'HEALTHY' as const }];
    const checked = container('a', { healthCheck: { command: ['CMD', 'true'] }, startTimeout: 60 });
    const life = new Life([checked, container('b', { dependsOn })]).up('a');
    expect(life.wakeAt).toBe(life.now + 60_000);
    life.now += 60_000;
    expect(life.take({ kind: 'wake' }).last).toEqual(['stop a']);
    expect(life.task.stoppedReason).toMatch(/^TaskDependencyError: /);
  });

  it('holds back an end that comes before the answer to the start', () => {
    const life = new Life([container('a')]).up().take({ kind: 'created', name: 'a', containerId: 'a' });
    expect(life.take(died('a', 3)).phase('a')).toBe('starting');
    expect(life.take({ kind: 'started', name: 'a', awaitsBindings: true }).last).toEqual(['report', 'stopped']);
    expect(life.task).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 3 }] });
    expect(life.task.startedAt).toBeDefined();
  });
});

describe('the end', () => {
  it('follows the end of an essential container, for all containers in reverse order', () => {
    const dependsOn = [{ containerName: 'a', condition: 'START' as const }];
    const life = new Life([container('a', { essential: false }), container('b', { dependsOn }), container('c')]);
    life.up('a', 'c').start('b');
    expect(life.take(died('c', 1)).last).toEqual(['stop b', 'report']);
    expect(life.take(died('b', 143)).last).toEqual(['stop a', 'report']);
    expect(life.take(died('a', 143)).last).toEqual(['report', 'stopped']);
    expect(life.task.executionStoppedAt).toBeLessThan(life.task.stoppedAt ?? 0);
  });

  it('does not follow the end of an optional container', () => {
    const life = new Life([container('a'), container('b', { essential: false })]).up('a', 'b');
    expect(life.take(died('b', 1)).last).toEqual(['report']);
    expect(life.take({ kind: 'failed', name: 'b', reason: 'late' }).task.isStopping).toBe(false);
  });

  it('keeps the first reason', () => {
    const life = new Life([container('a')]).up().take({ kind: 'task failed', reason: 'first' });
    expect(life.take({ kind: 'task failed', reason: 'second' }).task.stoppedReason).toBe('first');
    expect(life.task.stopCode).toBe('TaskFailedToStart');
  });

  it('waits for news of an out-of-memory kill after a SIGKILL that nobody asked for', () => {
    const life = new Life([container('a')]).up('a');
    expect(life.take(died('a', 137)).last).toEqual(['await memory news', 'report']);
    expect(life.take(told('a', 'oom')).last).toEqual(['report', 'stopped']);
    expect(life.task.containers[0]?.reason).toMatch(/^OutOfMemoryError/);
    const late = new Life([container('a')]).up('a').take(died('a', 137), { kind: 'memory news late' });
    expect(late.last).toEqual(['report', 'stopped']);
    expect(late.task.containers[0]?.reason).toBeUndefined();
  });

  it('releases the network of awsvpc before it is STOPPED', () => {
    const life = new Life([container('a')], { networkMode: 'awsvpc' }).up('a').take({ kind: 'stop' });
    expect(life.last).toEqual(['stop a']);
    expect(life.take(died('a', 0)).last).toEqual(['report', 'release network']);
    expect(life.task.isDeprovisioning).toBe(true);
    expect(life.take({ kind: 'network released' }).last).toEqual(['report', 'stopped']);
  });

  it('is told again to a control plane that still counts on the task: the first report may be lost with its data', () => {
    const life = new Life([container('a')]).up('a').take(died('a', 0));
    expect(life.last).toEqual(['report', 'stopped']);
    const stopped = life.task;
    expect(life.take({ kind: 'resumed', wasRunning: true }).last).toEqual(['report']);
    expect(life.task).toBe(stopped);
  });

  it('is final: only a pause container that comes late is removed', () => {
    const life = new Life([container('a')], { networkMode: 'awsvpc' }).take({ kind: 'stop' });
    const stopped = life.task;
    expect(stopped.stoppedAt).toBeDefined();
    expect(life.take(died('a', 1), { kind: 'wake' }, { kind: 'stop' }).task).toBe(stopped);
    expect(life.take({ kind: 'prepared', pauseContainer: { id: 'p' } }).last).toEqual(['remove pause container']);
    expect(life.task.pauseContainerId).toBe('p');
  });
});

describe('a container', () => {
  it('that vanished has this as its reason', () => {
    const life = new Life([container('a')]).up('a').take(told('a', 'removed'));
    expect(life.task.containers[0]).toMatchObject({ phase: 'stopped', reason: VANISHED });
  });

  it('is restarted by its policy, at most once a period', () => {
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
    const life = new Life([container('a', { restartPolicy })]).up('a');
    life.now += 60_000;
    expect(life.take(died('a', 1)).last).toEqual(['restart a']);
    expect(life.take(died('a', 1)).last).toEqual(['report', 'stopped']);
  });

  it('of an earlier attempt changes nothing', () => {
    const life = new Life([container('a')]).up('a');
    const other: TaskInput = {
      kind: 'event',
      name: 'a',
      event: { kind: 'died', containerId: 'earlier', labels: {}, exitCode: 1 },
    };
    expect(life.take(other).last).toEqual([]);
    expect(life.phase('a')).toBe('running');
  });
});
