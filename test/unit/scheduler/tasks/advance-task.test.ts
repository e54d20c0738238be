/** How reports change a task. */
import { describe, expect, it } from 'vitest';
import type { TaskStatus } from '../../../../model/status.ts';
import type { TaskReport } from '../../../../model/task.ts';
import { advanceTask, heardOf, taskChanges } from '../../../../scheduler/tasks/advance-task.ts';
import { failedToStart } from '../../../../scheduler/tasks/failed-to-start.ts';
import type { ServiceTask } from '../../../../scheduler/service/types.ts';
import { aPendingTask, aReport, aTask, NOW } from '../../../support/service-builders.ts';

/** The task after a report that must change something. */
function advanced(task: ServiceTask, report: TaskReport): ServiceTask {
  const after = advanceTask(task, report);
  if (after === 'unchanged') throw new Error('the report changed nothing');
  return after;
}

const stopped = (changes: Partial<TaskReport> = {}): TaskReport =>
  aReport({
    lastStatus: 'STOPPED',
    containers: [{ name: 'app', lastStatus: 'STOPPED', exitCode: 1 }],
    executionStoppedAt: NOW + 10,
    stoppedAt: NOW + 20,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    ...changes,
  });

describe('advanceTask', () => {
  it.each<[TaskStatus, TaskReport['lastStatus'], TaskStatus | 'unchanged']>([
    ['PROVISIONING', 'PENDING', 'PENDING'],
    ['PENDING', 'RUNNING', 'RUNNING'],
    ['PENDING', 'STOPPED', 'STOPPED'],
    ['ACTIVATING', 'PENDING', 'unchanged'],
    ['ACTIVATING', 'RUNNING', 'RUNNING'],
    ['RUNNING', 'PENDING', 'unchanged'],
    ['RUNNING', 'STOPPED', 'STOPPED'],
    ['STOPPING', 'PENDING', 'unchanged'],
    ['STOPPING', 'RUNNING', 'unchanged'],
    ['STOPPING', 'STOPPED', 'STOPPED'],
    ['PENDING', 'DEPROVISIONING', 'DEPROVISIONING'],
    ['RUNNING', 'DEPROVISIONING', 'DEPROVISIONING'],
    ['STOPPING', 'DEPROVISIONING', 'DEPROVISIONING'],
    ['DEPROVISIONING', 'RUNNING', 'unchanged'],
    ['DEPROVISIONING', 'STOPPED', 'STOPPED'],
    ['STOPPED', 'DEPROVISIONING', 'unchanged'],
    ['STOPPED', 'PENDING', 'unchanged'],
    ['STOPPED', 'RUNNING', 'unchanged'],
    ['STOPPED', 'STOPPED', 'unchanged'],
  ])('%s, reported %s: %s', (lastStatus, reported, expected) => {
    const after = advanceTask(aTask('t1', { lastStatus }), aReport({ lastStatus: reported }));
    expect(after === 'unchanged' ? after : after.lastStatus).toBe(expected);
  });

  it('raises the version by one and keeps other members', () => {
    const task = aPendingTask('t1', { replaces: 't0', version: 7 });
    expect(advanced(task, aReport())).toMatchObject({ taskId: 't1', replaces: 't0', version: 8, startedAt: NOW });
  });

  it('ignores a repeated report', () => {
    const once = advanced(aPendingTask('t1'), aReport());
    expect(advanceTask(once, aReport())).toBe('unchanged');
    expect(taskChanges(once, aReport())).toEqual({});
  });

  it('notices new container details in an otherwise equal report', () => {
    const once = advanced(aPendingTask('t1'), aReport());
    const more = aReport({ containers: [{ name: 'app', lastStatus: 'RUNNING', runtimeId: 'abc' }] });
    expect(advanced(once, more).version).toBe(once.version + 1);
    expect(taskChanges(once, more)).toEqual({ containers: more.containers });
  });

  it('sets startedAt once', () => {
    const once = advanced(aPendingTask('t1'), aReport({ startedAt: NOW }));
    expect(advanced(once, aReport({ startedAt: NOW + 5, healthStatus: 'HEALTHY' })).startedAt).toBe(NOW);
  });

  it('learns startedAt from the last report if the RUNNING report was lost', () => {
    expect(advanced(aPendingTask('t1'), stopped()).startedAt).toBe(NOW);
  });

  it('stops a DEPROVISIONING task from the first such report on, and counts it as failed to start only once STOPPED', () => {
    const cause = { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotStartContainerError: no' } as const;
    const report = aReport({ lastStatus: 'DEPROVISIONING', reportedAt: NOW + 7, ...cause });
    const { startedAt: _never, ...told } = report;
    const going = advanced(aPendingTask('t1'), told);
    expect(going).toMatchObject({ desiredStatus: 'STOPPED', ...cause });
    expect(failedToStart(going)).toBe(false);
    expect(taskChanges(aPendingTask('t1'), told).stoppingAt).toBe(NOW + 7);
    const { startedAt: _neither, ...last } = stopped(cause);
    expect(failedToStart(advanced(going, last))).toBe(true);
    expect(taskChanges(going, last)).not.toHaveProperty('stoppingAt');
  });

  it('follows health in both directions', () => {
    const well = advanced(aTask('t1'), aReport({ healthStatus: 'HEALTHY' }));
    const ill = advanced(well, aReport({ healthStatus: 'UNHEALTHY' }));
    expect([well.healthStatus, ill.healthStatus]).toEqual(['HEALTHY', 'UNHEALTHY']);
    expect(advanced(ill, aReport({ healthStatus: 'HEALTHY' })).healthStatus).toBe('HEALTHY');
  });

  it('keeps the later report’s health if the earlier report arrives after it', () => {
    const earlier = aReport({ healthStatus: 'UNKNOWN', reportedAt: NOW });
    const later = aReport({ healthStatus: 'HEALTHY', reportedAt: NOW + 1 });
    const task = advanced(aPendingTask('t1'), later);
    expect(advanceTask(task, earlier)).toBe('unchanged');
    expect(taskChanges(task, earlier)).toEqual({});
  });

  it('remembers the time of a repeat, so that earlier reports stay stale', () => {
    const report = (healthStatus: 'HEALTHY' | 'UNHEALTHY', reportedAt: number) => aReport({ healthStatus, reportedAt });
    const well = advanced(aPendingTask('t1'), report('HEALTHY', NOW));
    expect(advanceTask(well, report('HEALTHY', NOW + 9))).toBe('unchanged');
    expect(advanceTask(heardOf(well, report('HEALTHY', NOW + 9)), report('UNHEALTHY', NOW + 5))).toBe('unchanged');
  });

  it('accepts the end from an agent whose clock was set back', () => {
    const task = advanced(aPendingTask('t1'), aReport({ reportedAt: NOW + 5 }));
    expect(advanced(task, stopped({ reportedAt: NOW })).lastStatus).toBe('STOPPED');
  });

  it('keeps the health if a report has none', () => {
    expect(advanced(aTask('t1', { healthStatus: 'HEALTHY' }), aReport()).healthStatus).toBe('HEALTHY');
  });

  it('is STOPPING, with desired status STOPPED, as soon as an essential container is gone', () => {
    const after = advanced(aTask('t1'), aReport({ executionStoppedAt: NOW + 10 }));
    expect(after).toMatchObject({ lastStatus: 'STOPPING', desiredStatus: 'STOPPED' });
  });

  it('takes the agent’s reason if the owner has none', () => {
    expect(advanced(aTask('t1'), stopped())).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  });

  it('keeps the owner’s reason over the agent’s', () => {
    const own = { desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' } as const;
    const after = advanced(aTask('t1', own), stopped());
    expect(after).toMatchObject({ lastStatus: 'STOPPED', ...own });
    const { stopCode, stoppedReason } = taskChanges(aTask('t1', own), stopped());
    expect([stopCode, stoppedReason]).toEqual([undefined, undefined]);
  });
});

describe('taskChanges', () => {
  it('has everything that changes until a task is RUNNING', () => {
    const report = aReport({
      pullStartedAt: NOW - 9,
      pullStoppedAt: NOW - 5,
      healthStatus: 'HEALTHY',
      attachments: [],
    });
    expect(taskChanges(aPendingTask('t1'), report)).toEqual({
      lastStatus: 'RUNNING',
      healthStatus: 'HEALTHY',
      startedAt: NOW,
      pullStartedAt: NOW - 9,
      pullStoppedAt: NOW - 5,
      attachments: [],
      containers: report.containers,
    });
  });

  it('has everything that changes when a task ends', () => {
    expect(taskChanges(aTask('t1'), stopped())).toEqual({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stoppingAt: NOW + 10,
      executionStoppedAt: NOW + 10,
      stoppedAt: NOW + 20,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: stopped().containers,
    });
  });

  it('leaves stoppingAt to the owner that ordered the stop', () => {
    const changes = taskChanges(aTask('t1', { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' }), stopped());
    expect(changes.stoppingAt).toBeUndefined();
    expect(changes.desiredStatus).toBeUndefined();
  });

  it('is empty for a stale report', () => {
    expect(taskChanges(aTask('t1'), aReport({ lastStatus: 'PENDING' }))).toEqual({});
    expect(taskChanges(aTask('t1', { lastStatus: 'STOPPED' }), stopped())).toEqual({});
  });
});

describe('failedToStart', () => {
  it.each([
    ['its image could not be pulled', { stopCode: 'TaskFailedToStart' }, true],
    ['it stopped without a code', {}, true],
    ['it ran, and then died', { stopCode: 'EssentialContainerExited', startedAt: NOW }, false],
    ['the scheduler stopped it', { stopCode: 'ServiceSchedulerInitiated' }, false],
    ['a user stopped it', { stopCode: 'UserInitiated' }, false],
    ['its host was lost', { stopCode: 'InfrastructureHealth' }, false],
    ['it is still stopping', { stopCode: 'TaskFailedToStart', lastStatus: 'STOPPING' }, false],
  ] as const)('%s', (_when, changes, expected) => {
    expect(failedToStart({ lastStatus: 'STOPPED', ...changes })).toBe(expected);
  });
});
