/** What the agent knows of one container of a task, and how an engine's facts change it. */
import type { ContainerReport, NetworkBinding } from '../../../model/task.ts';
import type { HealthStatus } from '../../../model/status.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import type { ObservedContainer } from '../runtime/types.ts';
import type { Phase } from './graph.ts';
import type { ContainerPlan } from './plan.ts';
import { withRanges } from './port-ranges.ts';

/** ECS's limit for `containers[].reason`. */
const REASON_LIMIT = 1024;

export interface ContainerRecord {
  readonly plan: ContainerPlan;
  readonly phase: Phase;
  readonly pulled: boolean;
  /** The engine's id, once the container has been created. */
  readonly containerId?: string;
  readonly imageDigest?: string;
  readonly startedAt?: EpochMs;
  /** When the restart policy last started the container. */
  readonly restartedAt?: EpochMs;
  /** How often it did, since this agent began. */
  readonly restarts?: number;
  readonly finishedAt?: EpochMs;
  readonly exitCode?: number;
  readonly health?: HealthStatus;
  /** When the engine told this agent of that health. */
  readonly healthSince?: EpochMs;
  readonly reason?: string;
  readonly networkBindings: readonly NetworkBinding[];
  /** The container runs, and the engine has not yet said which host ports it chose. */
  readonly awaitsBindings: boolean;
  /** The engine reported an out-of-memory kill, before or after the container's end. */
  readonly oomKilled: boolean;
  /** The container failed, and nobody had asked it to stop. */
  readonly failedByItself: boolean;
  /** The container ended before the engine answered its start. This is the first news of its end. */
  readonly earlyEnd?: ContainerExit;
}

export interface ContainerExit {
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
}

/** The record of a container before its launch. */
export const newRecord = (plan: ContainerPlan): ContainerRecord => ({
  plan,
  phase: 'waiting',
  pulled: false,
  networkBindings: [],
  awaitsBindings: false,
  oomKilled: false,
  failedByItself: false,
});

/**
 * The record of a container found on the engine, or of one in the plan that is missing there (`observed` is undefined).
 */
export function adopted(plan: ContainerPlan, observed: ObservedContainer | undefined): ContainerRecord {
  const record = newRecord(plan);
  if (observed === undefined) return record;
  const known = withObserved(record, observed);
  // The engine refused to start it for an earlier agent.
  return observed.status === 'created' && observed.error !== undefined
    ? failed(known, `CannotStartContainerError: ${observed.error}`)
    : known;
}

/** Adds what the engine shows of the container. */
export function withObserved(record: ContainerRecord, observed: ObservedContainer): ContainerRecord {
  const { id, status, health, startedAt = record.startedAt, finishedAt, networkBindings } = observed;
  const known: ContainerRecord = {
    ...record,
    containerId: id,
    ...(startedAt === undefined ? {} : { startedAt: record.startedAt ?? startedAt }),
    ...defined({ finishedAt }),
  };
  if (status === 'exited') return ended(known, observed);
  if (status === 'created') return known;
  const phase = record.phase === 'stopping' ? 'stopping' : 'running';
  return { ...known, phase, networkBindings, ...defined({ health }) };
}

/** The engine has started the container. From now on it counts as having been RUNNING, however soon it ends. */
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
  // With version 1 cgroups, the kernel reports one container's kill to every container of the task; those that were
  // stopped do not count.
  const wasStopped = record.phase === 'stopping' || exitCode === 0;
  return blamingMemory({
    ...record,
    phase: 'stopped',
    failedByItself: !wasStopped,
    oomKilled: record.oomKilled || oomKilled,
    ...defined({ exitCode }),
  });
}

/** Records the engine's out-of-memory event, which may come before or after the container's end. */
export const outOfMemory = (record: ContainerRecord): ContainerRecord => blamingMemory({ ...record, oomKilled: true });

const KILLED = 137;

/** Somebody killed the container. The engine may still report that it was the kernel, for lack of memory. */
export const mayLackMemory = ({ failedByItself, exitCode, oomKilled }: ContainerRecord): boolean =>
  failedByItself && exitCode === KILLED && !oomKilled;

const blamingMemory = (record: ContainerRecord): ContainerRecord =>
  record.phase === 'stopped' && record.failedByItself && record.oomKilled
    ? { ...record, reason: 'OutOfMemoryError: Container killed due to memory usage' }
    : record;

/** The container's part of a task report. */
export function reportOf(record: ContainerRecord): ContainerReport {
  const { phase, plan } = record;
  const isRunning = phase === 'running' || phase === 'stopping';
  const observed = isRunning ? (plan.hostBindings ?? record.networkBindings) : record.networkBindings;
  const bindings = withRanges(observed, plan.portRanges);
  return {
    name: plan.name,
    lastStatus: phase === 'stopped' ? 'STOPPED' : isRunning ? 'RUNNING' : 'PENDING',
    ...(plan.hasHealthCheck && record.health !== undefined ? { healthStatus: record.health } : {}),
    ...(phase === 'stopped' && record.exitCode !== undefined ? { exitCode: record.exitCode } : {}),
    ...(record.reason === undefined ? {} : { reason: record.reason.slice(0, REASON_LIMIT) }),
    ...defined({ runtimeId: record.containerId, imageDigest: record.imageDigest }),
    ...(bindings.length === 0 ? {} : { networkBindings: bindings }),
  };
}
