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
  phase: Phase;
  pulled: boolean;
  /** The engine's id, once created. */
  containerId?: string;
  imageDigest?: string;
  startedAt?: EpochMs;
  /** Of the latest start by the restart policy. */
  restartedAt?: EpochMs;
  finishedAt?: EpochMs;
  exitCode?: number;
  health?: HealthStatus;
  reason?: string;
  networkBindings: readonly NetworkBinding[];
  /** It runs, and the engine has yet to say which host ports it chose. */
  awaitsBindings: boolean;
  /** An out-of-memory kill was seen; its end follows, or came first. */
  oomKilled: boolean;
  /** It ended with a failure, and nobody had asked it to stop. */
  failedByItself: boolean;
  /** It ended before its start was acknowledged: the first that was heard of its end. */
  earlyEnd?: { readonly exitCode?: number };
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
export function adoptedRecord(plan: ContainerPlan, observed: ObservedContainer | undefined): ContainerRecord {
  const record = newRecord(plan);
  if (observed === undefined) return record;
  applyObserved(record, observed);
  // An earlier agent had its start refused.
  if (observed.status === 'created' && observed.error !== undefined)
    failRecord(record, `CannotStartContainerError: ${observed.error}`);
  return record;
}

/** Takes over what the engine shows of a container. */
export function applyObserved(record: ContainerRecord, observed: ObservedContainer): void {
  record.containerId = observed.id;
  if (observed.status === 'running') {
    record.phase = record.phase === 'stopping' ? 'stopping' : 'running';
    record.networkBindings = observed.networkBindings;
    if (observed.health !== undefined) record.health = observed.health;
  }
  if (observed.startedAt !== undefined) record.startedAt ??= observed.startedAt;
  if (observed.finishedAt !== undefined) record.finishedAt = observed.finishedAt;
  if (observed.status === 'exited') endRecord(record, observed);
}

/** The engine has started it, however soon it ended: from here on it has been RUNNING. */
export function startRecord(record: ContainerRecord, at: EpochMs): void {
  record.startedAt ??= at;
  record.phase = 'running';
}

/** It could not be started. */
export function failRecord(record: ContainerRecord, reason: string): void {
  record.phase = 'stopped';
  record.reason = reason;
}

/** The container has stopped. */
export function endRecord(record: ContainerRecord, end: { exitCode?: number; oomKilled?: boolean }): void {
  // With version 1 cgroups the kernel tells every container of a task of the kill of one: those that are stopped for it are not meant.
  const wasStopped = record.phase === 'stopping' || end.exitCode === 0;
  record.phase = 'stopped';
  if (end.exitCode !== undefined) record.exitCode = end.exitCode;
  record.failedByItself = !wasStopped;
  if (end.oomKilled === true) record.oomKilled = true;
  blameMemory(record);
}

/** The engine told of memory that ran out, before or after the end that it brought about. True: that is its reason. */
export function noteOutOfMemory(record: ContainerRecord): boolean {
  record.oomKilled = true;
  return blameMemory(record);
}

const KILLED = 137;

/** Somebody killed it: the engine may yet tell that it was the kernel, for lack of memory. */
export const mayLackMemory = ({ failedByItself, exitCode, oomKilled }: ContainerRecord): boolean =>
  failedByItself && exitCode === KILLED && !oomKilled;

function blameMemory(record: ContainerRecord): boolean {
  const isToBlame = record.phase === 'stopped' && record.failedByItself && record.oomKilled;
  if (isToBlame) record.reason = 'OutOfMemoryError: Container killed due to memory usage';
  return isToBlame;
}

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
