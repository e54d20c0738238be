/** Values that Postgres cannot hold. Those in agents' reports are repaired; others make their write fail for good. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createControlActivities } from '../../../activities/control/index.ts';
import { toColumns } from '../../../model/columns.ts';
import { withStore } from '../../support/store.ts';
import { aTask } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve } from '../builders.ts';

const store = withStore();
const BROKEN = 'exit\0ed \ud800';
const WHOLE = 'exit\ufffded \ufffd';

describe('what agents report', () => {
  it('is in the row, with broken text repaired', async () => {
    const containerInstanceId = await registerInstance(store());
    const task = aTask({ containerInstanceId });
    await reserve(store(), [task]);
    const { name } = task.containers[0]!;
    const containers = [
      { name, lastStatus: 'STOPPED' as const, reason: BROKEN, imageDigest: BROKEN, runtimeId: BROKEN },
    ];
    const changes = { lastStatus: 'STOPPED' as const, stoppedReason: BROKEN, containers };
    await record(store(), [{ taskId: task.taskId, version: 2, changes }]);
    const row = await store().findTask(task.taskId);
    expect(row).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: WHOLE, containers: [{ reason: WHOLE }] });
    expect(await store().checkCapacityInvariant()).toEqual([]);
  });
});

describe('a number beyond its column', () => {
  it('fails the activity for good, with a message for the caller', async () => {
    const containerInstanceId = await registerInstance(store(), { cpu: 2 ** 31 - 1 });
    const task = aTask({ containerInstanceId });
    const signal = {
      signalNotice: () => Promise.resolve(),
      signalCapacityChanged: () => Promise.resolve(),
      signalInstancesChanged: () => Promise.resolve(),
    };
    const policy = { heartbeatTimeoutMs: 15_000, giveUpAfterMs: 60_000 };
    const activities = createControlActivities({
      store: store(),
      signal,
      policy,
      logger: { warn: () => undefined },
    });
    const { clusterName } = task;
    const refused = await activities
      .reserveTasks({ clusterName, tasks: toColumns([{ ...task, revision: 2 ** 31 }]) })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).toBeInstanceOf(ApplicationFailure);
    expect(refused).toMatchObject({ nonRetryable: true, type: 'InvalidParameterException' });
    expect((refused as ApplicationFailure).message).toMatch(
      /^The store cannot hold a value of this request: .*out of range/,
    );
  });
});
