/** How far one task has come on this host, and the small changes of its life. Pure; a task only goes forwards. */
import type { StopCode } from '../../../model/status.ts';
import type { EpochMs } from '../../../model/time.ts';
import type { ObservedContainer } from '../runtime/types.ts';
import { adopted, failed, newRecord } from './container-record.ts';
import type { ContainerRecord } from './container-record.ts';
import type { ContainerIds } from './container-spec.ts';
import { hadTheirTurn } from './graph.ts';
import type { TaskState } from './graph.ts';
import { PAUSE_CONTAINER_NAME } from './labels.ts';
import type { TaskPlan } from './plan.ts';
import type { TaskFacts } from './task-report.ts';

export interface TaskLife extends TaskFacts {
  /** Network and volumes exist, so containers may be created. */
  readonly isPrepared: boolean;
  /** The pause container. */
  readonly pauseContainerId: string | undefined;
  /** False if an adopted task's pause container has ended. */
  readonly pauseContainerRuns: boolean;
  /** The owner has been told that the task is RUNNING. */
  readonly isAnnounced: boolean;
  /** The task must end, so nothing more starts. */
  readonly isStopping: boolean;
  /**
   * All containers have exited, one by an unexplained SIGKILL: whether the engine may still report an out-of-memory
   * kill.
   */
  readonly memoryNews: 'not awaited' | 'awaited' | 'late';
  /** All containers have exited, and no more news of them is expected. */
  readonly isFinishing: boolean;
}

/** A task before its launch. */
export const newLife = (plan: TaskPlan): TaskLife => ({
  plan,
  containers: plan.containers.map(newRecord),
  isPrepared: false,
  pauseContainerId: undefined,
  pauseContainerRuns: false,
  address: undefined,
  pullStartedAt: undefined,
  pullStoppedAt: undefined,
  startedAt: undefined,
  executionStoppedAt: undefined,
  isAnnounced: false,
  isStopping: false,
  stopCode: undefined,
  stoppedReason: undefined,
  memoryNews: 'not awaited',
  isFinishing: false,
  isDeprovisioning: false,
  stoppedAt: undefined,
});

/** A task whose containers were found on the engine, by container name. */
export function adoptedLife(plan: TaskPlan, found: ReadonlyMap<string, ObservedContainer>): TaskLife {
  const containers = plan.containers.map((c) => adopted(c, found.get(c.name)));
  const pauseContainer = found.get(PAUSE_CONTAINER_NAME);
  const hasStarted = containers.every((r) => r.startedAt !== undefined);
  return {
    ...newLife(plan),
    containers,
    // A pause container that has ended is started if the task is launched again, and is removed in any case.
    pauseContainerId: pauseContainer?.id,
    pauseContainerRuns: pauseContainer?.status === 'running',
    address: pauseContainer?.address,
    startedAt: hasStarted ? latestStart(containers) : undefined,
    isAnnounced: hasStarted,
  };
}

export const hasStarted = (task: TaskLife): boolean => task.startedAt !== undefined;
export const isStopped = (task: TaskLife): boolean => task.stoppedAt !== undefined;

/** A RUNNING task shows its host ports from its first report. */
export const awaitsBindings = (task: TaskLife): boolean =>
  task.containers.some((r) => r.phase === 'running' && r.awaitsBindings);

export function recordOf(task: TaskLife, name: string): ContainerRecord {
  const record = task.containers.find((r) => r.plan.name === name);
  if (record === undefined) throw new Error(`no container ${name} in task ${task.plan.taskId}`);
  return record;
}

export function idsOf({ pauseContainerId, containers }: TaskLife): ContainerIds {
  const ids = new Map<string, string>();
  if (pauseContainerId !== undefined) ids.set(PAUSE_CONTAINER_NAME, pauseContainerId);
  for (const { plan, containerId } of containers) if (containerId !== undefined) ids.set(plan.name, containerId);
  return ids;
}

/** The task as the graph of its containers needs it. */
export const graphOf = ({ plan, containers, isStopping }: TaskLife, now: EpochMs): TaskState => ({
  plans: plan.containers,
  states: new Map(containers.map((r) => [r.plan.name, r])),
  stopping: isStopping,
  now,
});

// ---- changes ----------------------------------------------------------------------------------------------------

export const withRecord = (task: TaskLife, changed: ContainerRecord): TaskLife => ({
  ...task,
  containers: task.containers.map((r) => (r.plan.name === changed.plan.name ? changed : r)),
});

export interface StopReason {
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
}

/** Without a reason, the owner ended the task and knows why. */
export const stopping = (task: TaskLife, reason?: StopReason): TaskLife => ({
  ...task,
  ...reason,
  isStopping: true,
  containers: task.containers.map((r) => (r.phase === 'waiting' ? { ...r, phase: 'stopped' } : r)),
});

/** The task cannot start or continue. The first reason stays. */
export const failing = (task: TaskLife, stoppedReason: string): TaskLife =>
  task.isStopping
    ? task
    : stopping(task, {
        stopCode: hasStarted(task) ? 'EssentialContainerExited' : 'TaskFailedToStart',
        stoppedReason,
      });

/**
 * A container's dependency will never be met. It ends without having run, and if it is essential, the task ends too.
 */
export function unreachable(task: TaskLife, name: string, reason: string): TaskLife {
  const record = recordOf(task, name);
  const without = withRecord(task, failed(record, `TaskDependencyError: ${reason}`));
  return record.plan.essential
    ? failing(without, `TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${task.plan.taskArn}`)
    : without;
}

/** An essential container has ended, so the task ends too; it has run if the container has. */
export function essentialEnded(task: TaskLife, record: ContainerRecord, at: EpochMs): TaskLife {
  const after = { ...task, executionStoppedAt: task.executionStoppedAt ?? at };
  if (task.isStopping) return after;
  return stopping(record.startedAt === undefined ? after : havingRun(after, at), {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
  });
}

/** The task has run if its other containers have not started only because the engine takes time. */
const havingRun = (task: TaskLife, now: EpochMs): TaskLife =>
  hasStarted(task) || !hadTheirTurn(graphOf(task, now)) ? task : { ...task, startedAt: latestStart(task.containers) };

const latestStart = (containers: readonly ContainerRecord[]): EpochMs =>
  Math.max(...containers.map((r) => r.startedAt ?? 0));
