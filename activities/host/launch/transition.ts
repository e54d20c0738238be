/**
 * The life of a task on this host as one pure transition: what happened and the time go in; the task as it is now, and
 * what must be done, come out. After each input, the task advances as far as it can.
 */
import type { NetworkBinding } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import type { ObservedContainer, RuntimeEvent } from '../runtime/types.ts';
import type { ContainerExit, ContainerRecord } from './container-record.ts';
import { ended, failed, mayLackMemory, outOfMemory, started, withObserved } from './container-record.ts';
import { nextSteps, shouldRestart } from './graph.ts';
import type { TaskLife } from './task-life.ts';
import { awaitsBindings, essentialEnded, failing, graphOf, hasStarted, isStopped } from './task-life.ts';
import { recordOf, stopping, unreachable, withRecord } from './task-life.ts';
import type { TaskAddress } from './task-report.ts';
import { VANISHED } from './vanished.ts';

export type TaskInput =
  | { readonly kind: 'pulling' | 'all pulled' | 'stop' | 'wake' | 'memory news late' | 'network released' }
  | { readonly kind: 'resumed'; readonly wasRunning: boolean }
  | { readonly kind: 'prepared'; readonly pauseContainer?: { readonly id: string; readonly address?: TaskAddress } }
  | { readonly kind: 'task failed'; readonly reason: string }
  | { readonly kind: 'pause container event'; readonly event: RuntimeEvent }
  /**
   * After events may have been missed: what the engine shows of these containers; undefined for those that are gone.
   */
  | { readonly kind: 'observed'; readonly found: ReadonlyMap<string, ObservedContainer | undefined> }
  | ({ readonly name: string } & ContainerInput);

export type ContainerInput =
  | { readonly kind: 'pulled'; readonly imageDigest?: string }
  | { readonly kind: 'created'; readonly containerId: string }
  | { readonly kind: 'started'; readonly awaitsBindings: boolean }
  /** Undefined: the container has ended and has no ports. */
  | { readonly kind: 'bindings'; readonly networkBindings: readonly NetworkBinding[] | undefined }
  | { readonly kind: 'start given up' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stop failed'; readonly reason: string }
  | { readonly kind: 'event'; readonly event: RuntimeEvent };

export type Effect =
  | { readonly kind: 'start' | 'stop'; readonly name: string }
  | { readonly kind: 'restart'; readonly name: string; readonly ranSince: EpochMs | undefined }
  | {
      readonly kind:
        'report' | 'running' | 'await memory news' | 'release network' | 'remove pause container' | 'stopped';
    };

export interface Transition {
  readonly task: TaskLife;
  readonly effects: readonly Effect[];
  /** When a dependency's start timeout ends. */
  readonly wakeAt?: EpochMs;
}

/**
 * What an input changes before the task advances. `isNews`: the agent reports it to the owner once the task has
 * started.
 */
interface Change {
  readonly task: TaskLife;
  readonly effects?: readonly Effect[];
  readonly isNews?: boolean;
}

export function transition(before: TaskLife, input: TaskInput, now: EpochMs): Transition {
  if (isStopped(before)) return afterTheEnd(before, input);
  const change = take(before, input, now);
  const { task, effects, wakeAt } = advance(change.task, now);
  const all = [...(change.effects ?? []), ...effects];
  const isTold = !change.isNews || all.some(({ kind }) => kind === 'report') || !hasStarted(task) || isStopped(task);
  return {
    task,
    effects: isTold ? all : [...all, { kind: 'report' }],
    ...defined({ wakeAt }),
  };
}

/**
 * The task has ended meanwhile: a pause container that comes late must go, and a control plane that still counts on the task is
 * told again. It may have lost the first report, with Temporal's data.
 */
function afterTheEnd(task: TaskLife, input: TaskInput): Transition {
  if (input.kind === 'resumed') return { task, effects: [{ kind: 'report' }] };
  if (input.kind !== 'prepared' || input.pauseContainer === undefined) return { task, effects: [] };
  return {
    task: { ...task, pauseContainerId: input.pauseContainer.id },
    effects: [{ kind: 'remove pause container' }],
  };
}

function take(task: TaskLife, input: TaskInput, now: EpochMs): Change {
  switch (input.kind) {
    case 'pulling':
      return { task: { ...task, pullStartedAt: task.pullStartedAt ?? now } };
    case 'all pulled':
      return { task: { ...task, pullStoppedAt: task.pullStoppedAt ?? now } };
    case 'prepared':
      return { task: { ...task, ...pauseContainerOf(input), isPrepared: true } };
    case 'resumed':
      return { task: resumed(task, input.wasRunning, now), isNews: true };
    case 'task failed':
      return { task: failing(task, input.reason) };
    case 'stop':
      return { task: stopping(task) };
    case 'pause container event':
      return { task: input.event.kind === 'died' ? failing(task, PAUSE_CONTAINER_DIED) : task };
    case 'observed':
      return observed(task, input.found, now);
    case 'wake':
      return { task };
    case 'memory news late':
      return { task: { ...task, memoryNews: 'late' } };
    case 'network released':
      return { task: { ...task, stoppedAt: now }, effects: [{ kind: 'report' }, { kind: 'stopped' }] };
    default:
      return takeOf(task, recordOf(task, input.name), input, now);
  }
}

const PAUSE_CONTAINER_DIED = 'ContainerRuntimeError: the container that holds the network of the task ended';

const pauseContainerOf = ({
  pauseContainer,
}: {
  readonly pauseContainer?: { readonly id: string; readonly address?: TaskAddress };
}) =>
  pauseContainer === undefined
    ? {}
    : { pauseContainerId: pauseContainer.id, pauseContainerRuns: true, address: pauseContainer.address };

function takeOf(task: TaskLife, record: ContainerRecord, input: ContainerInput, now: EpochMs): Change {
  const withChanges = (changes: Partial<ContainerRecord>): TaskLife => withRecord(task, { ...record, ...changes });
  switch (input.kind) {
    case 'pulled': {
      const { imageDigest } = input;
      return { task: withChanges({ pulled: true, ...defined({ imageDigest }) }) };
    }
    case 'created':
      return { task: withChanges({ containerId: input.containerId }) };
    case 'started': {
      const { earlyEnd } = record;
      const up = { ...started(record, now), awaitsBindings: input.awaitsBindings && earlyEnd === undefined };
      return earlyEnd === undefined ? { task: withRecord(task, up) } : end(task, up, earlyEnd, now);
    }
    case 'bindings': {
      const { networkBindings = record.networkBindings } = input;
      return { task: withChanges({ networkBindings, awaitsBindings: false }), isNews: true };
    }
    case 'start given up':
      return { task: withChanges({ phase: 'stopped' }) };
    case 'failed':
      return containerFailed(task, record, input.reason);
    case 'stop failed':
      return { task: withChanges({ reason: input.reason }) };
    case 'event':
      return event(task, record, input.event, now);
  }
}

/** An event of one of the task's containers. Repeated and late events change nothing. */
function event(task: TaskLife, record: ContainerRecord, { kind, ...event }: RuntimeEvent, now: EpochMs): Change {
  if (record.containerId !== undefined && record.containerId !== event.containerId) return { task };
  switch (kind) {
    case 'started':
      return { task };
    case 'oom': {
      const blamed = outOfMemory(record);
      return { task: withRecord(task, blamed), isNews: blamed.reason !== record.reason };
    }
    case 'health':
      if (event.health === undefined || event.health === record.health) return { task };
      return { task: withRecord(task, { ...record, health: event.health, healthSince: now }), isNews: true };
    case 'died':
      return died(task, record, event.exitCode === undefined ? {} : { exitCode: event.exitCode }, now);
    case 'removed':
      return vanished(task, record, now);
  }
}

/** After an adoption: a task that had been RUNNING must be complete, and what has ended counts. */
function resumed(task: TaskLife, wasRunning: boolean, now: EpochMs): TaskLife {
  const containers = task.containers.map((r) => (wasRunning && r.phase === 'waiting' ? failed(r, VANISHED) : r));
  const dead = containers.filter((r) => r.phase === 'stopped' && r.plan.essential);
  const stoppedReason = dead.find((r) => r.startedAt === undefined)?.reason;
  const known = { ...task, containers };
  const failsToStart = !wasRunning && stoppedReason !== undefined;
  const begun = failsToStart ? stopping(known, { stopCode: 'TaskFailedToStart', stoppedReason }) : known;
  return dead.reduce((after, record) => essentialEnded(after, record, record.finishedAt ?? now), begun);
}

function observed(task: TaskLife, found: ReadonlyMap<string, ObservedContainer | undefined>, now: EpochMs): Change {
  let change: Change = { task };
  for (const { plan } of task.containers) {
    const record = recordOf(change.task, plan.name);
    if (!found.has(plan.name) || (record.phase !== 'running' && record.phase !== 'stopping')) continue;
    const next = observedOne(change.task, record, found.get(plan.name), now);
    const effects = [...(change.effects ?? []), ...(next.effects ?? [])];
    change = { task: next.task, effects, isNews: (change.isNews ?? false) || (next.isNews ?? false) };
  }
  return change;
}

function observedOne(
  task: TaskLife,
  record: ContainerRecord,
  seen: ObservedContainer | undefined,
  now: EpochMs,
): Change {
  if (seen === undefined) return vanished(task, record, now);
  if (seen.status !== 'running') return end(task, record, seen, now);
  if (seen.health === record.health) return { task };
  return { task: withRecord(task, withObserved(record, seen)), isNews: true };
}

/** Somebody removed the container, or its engine lost it. */
function vanished(task: TaskLife, record: ContainerRecord, now: EpochMs): Change {
  const { phase, earlyEnd, reason = VANISHED } = record;
  return phase === 'stopped' || phase === 'waiting' || earlyEnd !== undefined
    ? { task }
    : died(task, { ...record, reason }, {}, now);
}

/** While a start is under way, the end waits for the engine's answer, because a failed start also emits an end. */
const died = (task: TaskLife, record: ContainerRecord, exit: ContainerExit, now: EpochMs): Change =>
  record.phase === 'starting'
    ? { task: withRecord(task, { ...record, earlyEnd: record.earlyEnd ?? exit }) }
    : end(task, record, exit, now);

function end(task: TaskLife, record: ContainerRecord, exit: ContainerExit, now: EpochMs): Change {
  if (record.phase === 'stopped' || record.phase === 'waiting') return { task };
  const ranSince = record.restartedAt ?? record.startedAt;
  const { exitCode } = exit;
  if (!task.isStopping && shouldRestart(record.plan, { exitCode, startedAt: ranSince ?? now, endedAt: now })) {
    const { name } = record.plan;
    const again = withRecord(task, { ...record, restartedAt: now, restarts: (record.restarts ?? 0) + 1 });
    return { task: again, effects: [{ kind: 'restart', name, ranSince }] };
  }
  const over = ended(record, exit);
  const after = withRecord(task, over);
  return { task: over.plan.essential ? essentialEnded(after, over, now) : after, isNews: true };
}

/** A container could not be launched, or not be inspected after its launch. Only essential containers end the task. */
function containerFailed(task: TaskLife, record: ContainerRecord, reason: string): Change {
  const { essential, name } = record.plan;
  const known = { ...record, awaitsBindings: false };
  if (essential) {
    const after = withRecord(task, known.phase === 'running' ? { ...known, reason } : failed(known, reason));
    return { task: failing(after, reason) };
  }
  if (known.phase !== 'running') return { task: withRecord(task, failed(known, reason)) };
  return { task: withRecord(task, { ...known, reason, phase: 'stopping' }), effects: [{ kind: 'stop', name }] };
}

// ---- what comes next --------------------------------------------------------------------------------------------

/** Applies what the graph decides. */
function advance(task: TaskLife, now: EpochMs): Transition {
  const steps = nextSteps(graphOf(task, now));
  // Other containers may have waited for these.
  if (steps.unreachable.length > 0)
    return advance(
      steps.unreachable.reduce((after, { name, reason }) => unreachable(after, name, reason), task),
      now,
    );
  const start = task.isPrepared ? steps.start : [];
  const containers = task.containers.map((r): ContainerRecord => {
    if (start.includes(r.plan.name)) return { ...r, phase: 'starting' };
    return steps.stop.includes(r.plan.name) ? { ...r, phase: 'stopping' } : r;
  });
  const settled = settle({ ...task, containers }, now);
  const effects: readonly Effect[] = [
    ...start.map((name) => ({ kind: 'start' as const, name })),
    ...steps.stop.map((name) => ({ kind: 'stop' as const, name })),
    ...settled.effects,
  ];
  return { ...settled, effects, ...defined({ wakeAt: steps.wakeAt }) };
}

function settle(task: TaskLife, now: EpochMs): Transition {
  const { containers } = task;
  if (task.isStopping)
    return containers.every((r) => r.phase === 'stopped') ? finish(task, now) : { task, effects: [] };
  const isUp = containers.every((r) => r.phase === 'running' || r.phase === 'stopped');
  if (!isUp) return { task, effects: [] };
  const up = { ...task, startedAt: task.startedAt ?? now };
  if (up.isAnnounced || awaitsBindings(up)) return { task: up, effects: [] };
  return { task: { ...up, isAnnounced: true }, effects: [{ kind: 'report' }, { kind: 'running' }] };
}

/** STOPPED is the last report of a task, so it waits for the reason of a kill that nobody asked for. */
function finish(task: TaskLife, now: EpochMs): Transition {
  if (task.isFinishing) return { task, effects: [] };
  if (task.memoryNews !== 'late' && task.containers.some(mayLackMemory))
    return task.memoryNews === 'awaited'
      ? { task, effects: [] }
      : { task: { ...task, memoryNews: 'awaited' }, effects: [{ kind: 'await memory news' }] };
  const finishing = { ...task, isFinishing: true };
  return task.plan.networkMode === 'awsvpc' && task.pauseContainerRuns
    ? { task: { ...finishing, isDeprovisioning: true }, effects: [{ kind: 'report' }, { kind: 'release network' }] }
    : { task: { ...finishing, stoppedAt: now }, effects: [{ kind: 'report' }, { kind: 'stopped' }] };
}
