/** What the agent knows of one container of a task, and how an engine's facts change it. */
import type { ContainerReport, NetworkBinding } from '../../../model/task.ts';
import type { HealthStatus } from '../../../model/status.ts';
import type { EpochMs } from '../../../model/time.ts';
import type { ObservedContainer } from '../runtime/types.ts';
import type { Phase } from './graph.ts';
import type { ContainerPlan } from './plan.ts';

/** ECS's limit for `containers[].reason`. */
const REASON_LIMIT = 1024;

export interface ContainerRecord {
  readonly plan: ContainerPlan;
  readonly phase: Phase;
  readonly pulled: boolean;
  /** The engine's id, once created. */
  readonly containerId?: string;
  readonly imageDigest?: string;
  readonly startedAt?: EpochMs;
  /** Of the latest start by the restart policy. */
  readonly restartedAt?: EpochMs;
  readonly finishedAt?: EpochMs;
  readonly exitCode?: number;
  readonly health?: HealthStatus;
  readonly reason?: string;
  readonly networkBindings: readonly NetworkBinding[];
  /** The container runs, and the engine has yet to say which host ports it chose. */
  readonly awaitsBindings: boolean;
  /** The engine reported an out-of-memory kill, before or after the container's end. */
  readonly oomKilled: boolean;
  /** The container ended with a failure, and nobody had asked it to stop. */
  readonly failedByItself: boolean;
  /** The container ended before its start was answered: the first news of its end. */
  readonly earlyEnd?: ContainerExit;
}

export interface ContainerExit {
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
}

/** A container that has yet to be launched. */
export const newRecord = (plan: ContainerPlan): ContainerRecord => ({
  plan,
  phase: 'waiting',
  pulled: false,
  networkBindings: [],
  awaitsBindings: false,
  oomKilled: false,
  failedByItself: false,
});

/** A container found on the engine, or undefined where the plan names one that is not there. */
export function adopted(plan: ContainerPlan, observed: ObservedContainer | undefined): ContainerRecord {
  const record = newRecord(plan);
  if (observed === undefined) return record;
  const known = withObserved(record, observed);
  // An earlier agent had its start refused.
  return observed.status === 'created' && observed.error !== undefined
    ? failed(known, `CannotStartContainerError: ${observed.error}`)
    : known;
}

/** The record with what the engine shows of the container. */
export function withObserved(record: ContainerRecord, observed: ObservedContainer): ContainerRecord {
  const { id, status, health, startedAt = record.startedAt, finishedAt, networkBindings } = observed;
  const known: ContainerRecord = {
    ...record,
    containerId: id,
    ...(startedAt === undefined ? {} : { startedAt: record.startedAt ?? startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
  if (status === 'exited') return ended(known, observed);
  if (status === 'created') return known;
  const phase = record.phase === 'stopping' ? 'stopping' : 'running';
  return { ...known, phase, networkBindings, ...(health === undefined ? {} : { health }) };
}

/** The engine has started the container. However soon it ends, from here on it has been RUNNING. */
export const started = (record: ContainerRecord, at: EpochMs): ContainerRecord => ({
  ...record,
  startedAt: record.startedAt ?? at,
  phase: 'running',
});

/** The container could not be started. */
export const failed = (record: ContainerRecord, reason: string): ContainerRecord => ({
  ...record,
  phase: 'stopped',
  reason,
});

/** The container has stopped. */
export function ended(record: ContainerRecord, { exitCode, oomKilled = false }: ContainerExit): ContainerRecord {
  // With version 1 cgroups the kernel reports one container's kill to every container of the task: those that were stopped do not count.
  const wasStopped = record.phase === 'stopping' || exitCode === 0;
  return blamingMemory({
    ...record,
    phase: 'stopped',
    failedByItself: !wasStopped,
    oomKilled: record.oomKilled || oomKilled,
    ...(exitCode === undefined ? {} : { exitCode }),
  });
}

/** Records the engine's out-of-memory event, which may come before or after the container's end. */
export const outOfMemory = (record: ContainerRecord): ContainerRecord => blamingMemory({ ...record, oomKilled: true });

const KILLED = 137;

/** Somebody killed the container: the engine may yet tell that it was the kernel, for lack of memory. */
export const mayLackMemory = ({ failedByItself, exitCode, oomKilled }: ContainerRecord): boolean =>
  failedByItself && exitCode === KILLED && !oomKilled;

const blamingMemory = (record: ContainerRecord): ContainerRecord =>
  record.phase === 'stopped' && record.failedByItself && record.oomKilled
    ? { ...record, reason: 'OutOfMemoryError: Container killed due to memory usage' }
    : record;

/** What the owner is told of the container. */
export function reportOf(record: ContainerRecord): ContainerReport {
  const { phase, plan } = record;
  const isRunning = phase === 'running' || phase === 'stopping';
  const bindings = isRunning ? (plan.hostBindings ?? record.networkBindings) : record.networkBindings;
  return {
    name: plan.name,
    lastStatus: phase === 'stopped' ? 'STOPPED' : isRunning ? 'RUNNING' : 'PENDING',
    ...(plan.hasHealthCheck && record.health !== undefined ? { healthStatus: record.health } : {}),
    ...(phase === 'stopped' && record.exitCode !== undefined ? { exitCode: record.exitCode } : {}),
    ...(record.reason === undefined ? {} : { reason: record.reason.slice(0, REASON_LIMIT) }),
    ...(record.containerId === undefined ? {} : { runtimeId: record.containerId }),
    ...(record.imageDigest === undefined ? {} : { imageDigest: record.imageDigest }),
    ...(bindings.length === 0 ? {} : { networkBindings: bindings }),
  };
}
