/** The agent's tasks without Docker: on the simulated engine, in virtual time. */
import { describe, expect, it } from 'vitest';
import type { TaskReport } from '../../../model/task.ts';
import { checked, taskDefinition } from '../../support/commands.ts';
import { CLEANUP_WAIT_MS, container, expectedTask, onHost, OWNER } from '../../support/simulated-host.ts';

const statuses = (reports: readonly TaskReport[]) =>
  reports.map((r) => `${r.taskId} ${r.lastStatus} ${r.healthStatus}`);
const VANISHED = { stopCode: 'EssentialContainerExited', stoppedReason: expect.stringMatching(/^ContainerVanished/) };

describe('a task', () => {
  it('is pulled, starts, becomes healthy and stops when ordered', () =>
    onHost({}, async (host) => {
      host.launch('t1', checked());
      expect(host.engine.running).toEqual([]);
      await host.aWhile();
      expect(host.engine.running).toEqual(['t1']);
      host.stop('t1');
      await host.aWhile();
      expect(host.engine.running).toEqual([]);
      expect(statuses(host.reports)).toEqual(['t1 RUNNING UNKNOWN', 't1 RUNNING HEALTHY', 't1 STOPPED HEALTHY']);
    }));

  it('is launched once, however often it is ordered, even after its end and its clean-up', () =>
    onHost({}, async (host) => {
      const first = host.launch('t1');
      expect(host.launch('t1')).toBe(first);
      await host.aWhile();
      expect(await host.containers()).toEqual(['web running']);
      host.stop('t1');
      await host.aWhile();
      expect(await host.containers()).toEqual(['web exited']);
      await host.clock.advance(CLEANUP_WAIT_MS);
      expect(await host.containers()).toEqual([]);
      expect(host.launch('t1')).toBeUndefined();
      await host.aWhile();
      expect(await host.containers()).toEqual([]);
      expect(host.reports.at(-1)).toEqual(host.reports.at(-2));
    }));

  it.each([
    ['cannot be pulled', { failsToPull: 1 }, /^CannotPullContainerError: .* web: not found$/],
    ['cannot be started', { failsToStart: 1 }, /^CannotStartContainerError: .* exec: no such file or directory$/],
  ])('whose image %s fails with an ECS agent’s words, and has never run', (_what, behaviour, stoppedReason) =>
    onHost({ web: behaviour }, async (host) => {
      host.launch('t1');
      await host.aWhile();
      expect(host.reports.at(-1)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'TaskFailedToStart',
        stoppedReason: expect.stringMatching(stoppedReason),
      });
      expect(host.reports.at(-1)).not.toHaveProperty('startedAt');
    }),
  );

  it('is reported as PENDING after two seconds of its pull', () =>
    onHost({ web: { pullMs: { least: 5_000, most: 5_000 } } }, async (host) => {
      host.launch('t1');
      await host.clock.advance(1_999);
      expect(host.reports).toEqual([]);
      await host.aWhile();
      expect(host.reports.map(({ lastStatus }) => lastStatus)).toEqual(['PENDING', 'RUNNING']);
    }));

  it('that ends by itself stops with its container’s exit code, and the other containers with it', () => {
    const exits = { share: 1, afterMs: { least: 2_000, most: 2_000 }, exitCode: 7 };
    return onHost({ main: { exits } }, async (host) => {
      host.launch(
        't1',
        taskDefinition({ containerDefinitions: [container('main'), container('side', { essential: false })] }),
      );
      await host.aWhile();
      expect(host.reports.at(-1)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
      expect(host.reports.at(-1)?.containers.map(({ exitCode }) => exitCode)).toEqual([7, 137]);
      expect(host.engine.running).toEqual([]);
    });
  });

  it('shows its awsvpc network for as long as it has one, and removes its pause container with it', () =>
    onHost({}, async (host) => {
      host.launch('a1b2', checked({ networkMode: 'awsvpc' }));
      await host.aWhile();
      expect(await host.containers()).toEqual(['~internal~ecs~pause running', 'web running']);
      host.stop('a1b2');
      await host.aWhile();
      expect(await host.containers()).toEqual(['web exited']);
      const shown = host.reports.map(({ lastStatus, attachments, containers }) =>
        [lastStatus, attachments?.[0]?.status, containers[0]?.lastStatus].join(' '),
      );
      expect(shown.filter((line, i) => line !== shown[i - 1])).toEqual([
        'RUNNING ATTACHED RUNNING',
        'DEPROVISIONING DETACHING STOPPED',
        'STOPPED DELETED STOPPED',
      ]);
    }));

  it('shows the host’s ports from its first report of RUNNING', () =>
    onHost({}, async (host) => {
      const portMappings = [{ containerPort: 80, hostPort: 8080 }];
      host.launch('t1', taskDefinition({ containerDefinitions: [container('web', { portMappings })] }));
      await host.aWhile();
      const bindings = host.reports.map(({ containers }) => containers[0]?.networkBindings);
      expect(bindings).toEqual([[{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 8080, protocol: 'tcp' }]]);
    }));

  it('is not launched after it was declined, and is reported STOPPED because its instance was given up', () =>
    onHost({}, async (host) => {
      host.tasks.decline('t1', OWNER);
      expect(host.launch('t1')).toBeUndefined();
      await host.aWhile();
      expect(host.reports).toMatchObject(Array(2).fill({ lastStatus: 'STOPPED', stopCode: 'TerminationNotice' }));
      expect(await host.containers()).toEqual([]);
    }));
});

describe('a restarted agent', () => {
  it('adopts expected tasks, and ends and removes others without a report', () =>
    onHost({}, async (host) => {
      for (const id of ['t1', 't2']) host.launch(id, checked({ networkMode: 'awsvpc' }));
      await host.aWhile();
      host.killAgent();
      await host.aWhile();
      expect(host.engine.running.toSorted()).toEqual(['t1', 't2']);
      await host.startAgent([expectedTask('t1'), expectedTask('t4')]);
      expect(host.engine.running).toEqual(['t1']);
      expect(await host.containers()).toEqual(['~internal~ecs~pause running', 'web running']);
      expect(statuses(host.reports)).toEqual(['t1 RUNNING HEALTHY', 't4 STOPPED undefined']);
      expect(host.reports[1]).toMatchObject(VANISHED);
    }));

  it('continues a launch that was under way when the order is repeated', () =>
    onHost({ web: { startMs: { least: 10_000, most: 10_000 } } }, async (host) => {
      host.launch('t1');
      await host.clock.advance(5_000);
      host.killAgent();
      await host.startAgent([expectedTask('t1', { wasRunning: false })]);
      host.launch('t1');
      await host.aWhile();
      expect(await host.containers()).toEqual(['web running']);
      expect(host.reports.at(-1)).toMatchObject({ lastStatus: 'RUNNING' });
    }));

  it('reports tasks that ended in a power loss, and leaves nothing behind', () =>
    onHost({}, async (host) => {
      host.launch('t1', taskDefinition({ networkMode: 'awsvpc' }));
      await host.aWhile();
      host.killAgent();
      host.engine.powerOff();
      expect(host.engine.running).toEqual([]);
      await host.startAgent([expectedTask('t1')]);
      expect(host.reports.at(-1)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        containers: [{ exitCode: 137 }],
      });
      await host.clock.advance(CLEANUP_WAIT_MS);
      expect(await host.containers()).toEqual([]);
    }));
});
