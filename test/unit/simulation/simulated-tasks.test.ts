import { describe, expect, it } from 'vitest';
import type { TaskReport } from '../../../model/task.ts';
import { VirtualClock } from '../../../simulation/engine/virtual-clock.ts';
import { createRandom } from '../../../simulation/random.ts';
import { DEFAULT_BEHAVIOUR, type TaskBehaviour } from '../../../simulation/runtime/behaviour.ts';
import { SimulatedMachine } from '../../../simulation/runtime/simulated-machine.ts';
import { SimulatedTasks } from '../../../simulation/runtime/simulated-tasks.ts';
import type { TaskBlueprint } from '../../../activities/host/launch/container-spec.ts';

const OWNER = 'service/default/web';

function stage(behaviour: Partial<TaskBehaviour> = {}) {
  const random = createRandom('test');
  const clock = new VirtualClock(1_000_000, random);
  const machine = new SimulatedMachine({
    containerInstanceId: 'i1',
    clock,
    random,
    behaviourOf: () => ({ ...DEFAULT_BEHAVIOUR, ...behaviour }),
  });
  const reports: TaskReport[] = [];
  const open = () =>
    new SimulatedTasks({
      machine,
      clock,
      cleanupWaitMs: 60_000,
      report: (_owner, report) => void reports.push(report),
    });
  return { clock, machine, reports, open };
}

const blueprint = (taskId: string, networkMode = 'bridge'): TaskBlueprint =>
  ({
    containerInstanceId: 'i1',
    clusterName: 'default',
    definition: { containerDefinitions: [{ name: 'main', image: 'app' }] },
    plan: {
      taskId,
      ownerWorkflowId: OWNER,
      networkMode,
      containers: [{ name: 'main', essential: true, hasHealthCheck: true, dependsOn: [], stopTimeoutSeconds: 30 }],
    },
  }) as unknown as TaskBlueprint;

const statuses = (reports: readonly TaskReport[]) =>
  reports.map((r) => `${r.taskId} ${r.lastStatus} ${r.healthStatus}`);

describe('simulated tasks', () => {
  it('pull, start, become healthy and stop when they are told to', async () => {
    const { clock, machine, reports, open } = stage();
    const tasks = open();
    tasks.launch(blueprint('t1'));
    expect(machine.running).toEqual([]);
    await clock.advance(60_000);
    expect(machine.running).toEqual(['t1']);
    tasks.stop('t1', OWNER);
    await clock.advance(60_000);
    expect(machine.running).toEqual([]);
    expect(statuses(reports)).toEqual(['t1 RUNNING UNKNOWN', 't1 RUNNING HEALTHY', 't1 STOPPED HEALTHY']);
  });

  it('are launched once, however often they are asked for, also after their end', async () => {
    const { clock, machine, open } = stage();
    const tasks = open();
    const first = tasks.launch(blueprint('t1'));
    expect(tasks.launch(blueprint('t1'))).toBe(first);
    await clock.advance(60_000);
    tasks.stop('t1', OWNER);
    await clock.advance(300_000);
    expect(machine.tasks).toEqual([]);
    expect(tasks.launch(blueprint('t1'))).toBeUndefined();
    expect(machine.tasks).toEqual([]);
  });

  it('fail with the agent’s words when their image cannot be pulled', async () => {
    const { clock, reports, open } = stage({ failsToPull: 1 });
    open().launch(blueprint('t1'));
    await clock.advance(60_000);
    expect(reports.at(-1)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(/^CannotPullContainerError: /),
    });
  });

  it('show the network of an awsvpc task from its coming to its going', async () => {
    const { clock, reports, open } = stage();
    const tasks = open();
    tasks.launch(blueprint('a1b2', 'awsvpc'));
    await clock.advance(60_000);
    tasks.stop('a1b2', OWNER);
    await clock.advance(60_000);
    expect(reports.map(({ lastStatus, attachments }) => [lastStatus, attachments?.[0]?.status])).toEqual([
      ['RUNNING', 'ATTACHED'],
      ['RUNNING', 'ATTACHED'],
      ['DEPROVISIONING', 'DETACHING'],
      ['STOPPED', 'DELETED'],
    ]);
    expect(reports.map(({ containers }) => containers[0]?.lastStatus)).toEqual([
      'RUNNING',
      'RUNNING',
      'STOPPED',
      'STOPPED',
    ]);
  });

  it('never ran when they fail to start', async () => {
    const { clock, reports, open } = stage({ failsToStart: 1 });
    open().launch(blueprint('t1'));
    await clock.advance(60_000);
    expect(reports.at(-1)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(reports.at(-1)).not.toHaveProperty('startedAt');
  });

  it('run on when the agent dies; the next one adopts those that are expected and ends the others', async () => {
    const { clock, machine, reports, open } = stage();
    const tasks = open();
    for (const id of ['t1', 't2']) tasks.launch(blueprint(id));
    await clock.advance(60_000);
    tasks.launch(blueprint('t3'));
    tasks.close();
    machine.agentEnded();
    expect(machine.running).toEqual(['t1', 't2']);
    expect(machine.get('t3')).toBeUndefined();
    reports.length = 0;
    const expected = { ownerWorkflowId: OWNER, wasRunning: true, shouldStop: false };
    const reconciled = open().reconcile([
      { taskId: 't1', ...expected },
      { taskId: 't4', ...expected },
    ]);
    await clock.advance(60_000);
    await reconciled;
    expect(machine.running).toEqual(['t1']);
    expect(statuses(reports)).toEqual(['t1 RUNNING HEALTHY', 't4 STOPPED undefined']);
  });

  it('are gone when the machine restarts, which the next agent reports', async () => {
    const { clock, machine, reports, open } = stage();
    const tasks = open();
    tasks.launch(blueprint('t1'));
    await clock.advance(60_000);
    tasks.close();
    machine.restart();
    expect(machine.running).toEqual([]);
    reports.length = 0;
    await open().reconcile([{ taskId: 't1', ownerWorkflowId: OWNER, wasRunning: true, shouldStop: false }]);
    expect(reports).toMatchObject([{ taskId: 't1', lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' }]);
  });
});
