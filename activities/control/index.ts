/** The control plane's activities over the store. Each may be repeated: a repeat changes nothing. */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { isEcsError } from '../../model/errors.ts';
import type { InstanceRecord } from '../../model/owner-record.ts';
import { packReserveResult, unpackOwnerRecord } from '../../model/packed-writes.ts';
import type { Task } from '../../model/task.ts';
import type { Store } from '../../store/contract/store.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import { defined } from '../../model/defined.ts';
import type { Background } from './background.ts';
import type { OwnerSignals } from './owner-signals.ts';
import type { ControlActivities, InstancePolicy, InstanceTask } from './types.ts';
import { reservationWithIds } from './reservation-ids.ts';
import { expectsAgents, type ReturningAgents } from './returning-agents.ts';
import { createDaemonWaker } from './daemon-waker.ts';
import { createWaker, type Logger } from './waker.ts';
import { createZoneWaker } from './zone-waker.ts';

export interface ControlDeps {
  readonly store: Store;
  readonly signal: OwnerSignals;
  readonly policy: InstancePolicy;
  readonly logger: Logger;
  /** Absent: the control plane has not been away. */
  readonly returning?: ReturningAgents;
  /** Tracks the wake-ups of its activities; ends with the worker. */
  readonly background?: Background;
}

const SIGNALS_AT_ONCE = 20;
const DIGEST_LENGTH = 16;

export function createControlActivities(deps: ControlDeps): ControlActivities {
  const { store, signal, policy } = deps;
  const wake = createWaker(deps);
  const tellDaemons = createDaemonWaker(deps);
  const wakeUnbalanced = createZoneWaker(deps);
  return {
    snapshotCapacity: async (request) => {
      const snapshot = withDigest(await asFailure(store.snapshotCapacity(request)));
      const { returning } = deps;
      return returning && expectsAgents(snapshot, returning, Date.now())
        ? { ...snapshot, expectsAgents: true as const }
        : snapshot;
    },
    listZones: ({ clusterName }) => asFailure(store.listZones(clusterName)),
    reserveTasks: async (input) => packReserveResult(await asFailure(store.reserveTasks(reservationWithIds(input)))),
    assignTasks: async (input) => {
      const result = await asFailure(store.assignTasks(input));
      if (result.assigned.length > 0) wake(input.clusterName);
      return result;
    },
    recordOwner: async (record) => {
      const { freedCapacity } = await asFailure(store.recordOwner(unpackOwnerRecord(record)));
      if (freedCapacity) wake(record.clusterName);
    },
    recordInstance: async (record) => {
      await asFailure(store.recordInstance(record));
      if (mayHaveOpened(record)) {
        wake(record.clusterName);
        wakeUnbalanced(record.clusterName);
      }
      tellDaemons(record.clusterName);
    },
    lookAtInstances: (request) => asFailure(store.lookAtInstances(request)),
    listInstanceTasks: async ({ containerInstanceId }) =>
      (await asFailure(store.listInstanceTasks(containerInstanceId))).map(toInstanceTask),
    notifyOwners: ({ ownerWorkflowIds, notice }) => notifyOwners(signal, ownerWorkflowIds, notice),
    loadInstancePolicy: () => Promise.resolve(policy),
  };
}

/** Gives the snapshot a digest, so that a placement's record can name what it was decided on. */
function withDigest(snapshot: CapacitySnapshot): CapacitySnapshot {
  const shown = JSON.stringify({ ...snapshot, takenAt: 0 });
  return { ...snapshot, digest: createHash('sha256').update(shown).digest('hex').slice(0, DIGEST_LENGTH) };
}

/** Whether the instance may now take tasks that it did not take before. */
const mayHaveOpened = (record: InstanceRecord): boolean =>
  record.status === 'ACTIVE' || record.agentConnected === true || record.registration !== undefined;

const toInstanceTask = (task: Task): InstanceTask => ({
  taskId: task.taskId,
  ownerWorkflowId: task.ownerWorkflowId,
  ...defined({ serviceName: task.serviceName }),
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

/** A refusal of the store fails the activity for good, under its ECS code. A database out of reach is tried again. */
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
