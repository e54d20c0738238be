/** The control plane's activities over the store. Every one may be repeated: a repeat changes nothing. */
import { ApplicationFailure } from '@temporalio/common';
import { isEcsError } from '../../model/errors.ts';
import type { Task } from '../../model/task.ts';
import type { Store } from '../../store/types.ts';
import type { InstanceNotice } from '../../workflows/messages.ts';
import type { OwnerSignals } from './owner-signals.ts';
import type { ControlActivities, InstancePolicy, InstanceRecord, InstanceTask } from './types.ts';
import { createWaker, type Logger } from './waker.ts';

export interface ControlDeps {
  readonly store: Store;
  readonly signal: OwnerSignals;
  readonly policy: InstancePolicy;
  readonly logger: Logger;
}

const SIGNALS_AT_ONCE = 20;

export function createControlActivities(deps: ControlDeps): ControlActivities {
  const { store, signal, policy } = deps;
  const wake = createWaker(deps);
  return {
    snapshotCapacity: (request) => asFailure(store.snapshotCapacity(request)),
    reserveTasks: (input) => asFailure(store.reserveTasks(input)),
    recordOwner: async (record) => {
      const { freedCapacity } = await asFailure(store.recordOwner(record));
      if (freedCapacity) wake(record.clusterName);
    },
    recordInstance: async (record) => {
      await asFailure(store.recordInstance(record));
      if (mayHaveOpened(record)) wake(record.clusterName);
    },
    listInstanceTasks: async ({ containerInstanceId }) =>
      (await asFailure(store.listInstanceTasks(containerInstanceId))).map(toInstanceTask),
    notifyOwners: ({ ownerWorkflowIds, notice }) => notifyOwners(signal, ownerWorkflowIds, notice),
    loadInstancePolicy: () => Promise.resolve(policy),
  };
}

/** A record after which the instance may take tasks that it did not take before. */
const mayHaveOpened = (record: InstanceRecord): boolean =>
  record.status === 'ACTIVE' || record.agentConnected === true || record.registration !== undefined;

const toInstanceTask = (task: Task): InstanceTask => ({
  taskId: task.taskId,
  ownerWorkflowId: task.ownerWorkflowId,
  ...(task.serviceName === undefined ? {} : { serviceName: task.serviceName }),
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
});

async function notifyOwners(
  signal: OwnerSignals,
  ownerWorkflowIds: readonly string[],
  notice: InstanceNotice,
): Promise<void> {
  const ids = [...new Set(ownerWorkflowIds)];
  for (let i = 0; i < ids.length; i += SIGNALS_AT_ONCE) {
    await Promise.all(ids.slice(i, i + SIGNALS_AT_ONCE).map((id) => signal.signalNotice(id, notice)));
  }
}

/** A refusal of the store ends the activity for good, under its ECS code; a database out of reach is tried again. */
async function asFailure<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!isEcsError(error)) throw error;
    throw ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: error.code !== 'ServiceUnavailable',
      cause: error,
      ...(Object.keys(error.members).length === 0 ? {} : { details: [error.members] }),
    });
  }
}
