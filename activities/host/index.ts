/** The activities of an agent. Tasks live in HostTasks; an activity only gives orders, waits and heartbeats. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type Columns, fromColumns, toColumns } from '../../model/columns.ts';
import type { TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { HostFence } from './fence.ts';
import { fencedBeat, whileHeartbeating, type Watching } from './heartbeats.ts';
import type { TaskBlueprint } from './launch/container-spec.ts';
import { planTask } from './launch/plan.ts';
import type { Settled } from './launch/waiters.ts';
import type { OrderKind, TaskReporter } from './reporter.ts';
import type { AttendInstanceInput, HostActivities, LaunchTasksInput, StopTasksInput, TaskLaunch } from './types.ts';

const FAILURE_PAUSE_MS = 5_000;

/**
 * A task that was given an order. `until` resolves when the task is RUNNING or STOPPED or, with only `stopped`, when it
 * is STOPPED.
 */
interface OrderedTask {
  until(...settled: readonly Settled[]): Promise<void>;
}

/** The operations on the host's tasks that activities use. */
export interface HostTaskOrders {
  /**
   * Launches the task, or attaches to the launch under way. Undefined if the task has already ended; its report is then
   * sent again.
   */
  launch(blueprint: TaskBlueprint): OrderedTask | undefined;
  /** Does not launch the task: its instance was given up, so it is reported as STOPPED. */
  decline(taskId: string, ownerWorkflowId: string): void;
  /** Starts to stop the task. Undefined if it is not here; it is then reported as STOPPED. */
  stop(taskId: string, ownerWorkflowId: string): OrderedTask | undefined;
}

export interface HostActivityDeps {
  readonly tasks: HostTaskOrders;
  readonly reporter: Pick<TaskReporter, 'hold'>;
  readonly session: AgentSession;
  /** Whether the container engine has been away for so long that nobody should count on it. */
  readonly engineIsLost: () => boolean;
  /** Absent: nothing runs here that could be fenced, because the host is simulated. */
  readonly fence?: HostFence;
  /** Aborted when the agent shuts down in order. */
  readonly shutdown: AbortSignal;
}

/** The agent's session with the control plane. */
export interface AgentSession {
  /** Tells the container-instance workflow that this agent has reconciled and takes work. */
  announce(): Promise<void>;
  /** Whether the container-instance workflow has heard this session since, and counts no silence: it believes the heartbeats that follow. */
  isAttended(): Promise<boolean>;
  /**
   * Handles the session id that the control plane expects. If it is not the agent's own, the agent registers and
   * reconciles again, and the answer is false.
   */
  confirm(sessionId: string): Promise<boolean>;
  /**
   * Whether a launch that was ordered at that time is void: its task was given up with the instance before this agent
   * registered.
   */
  voids(orderedAt: EpochMs): boolean;
  /** The control plane has ended its watch: another one begins, or the instance was deregistered. */
  unwatched(): void;
}

/** Makes the activities of one agent. `deps` live as long as its process. */
export function createHostActivities(deps: HostActivityDeps): HostActivities {
  return {
    async launchTasks(input) {
      const tasks = fromColumns(input.tasks);
      const { ownerWorkflowId } = input;
      return answering(deps.reporter, 'launch', { ownerWorkflowId, tasks }, async () => {
        if (deps.session.voids(Context.current().info.scheduledTimestampMs)) {
          for (const { taskId } of tasks) deps.tasks.decline(taskId, ownerWorkflowId);
          return;
        }
        const runs = launchAll(deps.tasks, { ...input, tasks });
        await whileHeartbeating(Promise.all(runs.map((run) => run.until('running', 'stopped'))));
      });
    },

    async stopTasks(input: StopTasksInput) {
      return answering(deps.reporter, 'stop', input, async () => {
        const runs = input.tasks.map((task) => deps.tasks.stop(task.taskId, input.ownerWorkflowId));
        await whileHeartbeating(Promise.all(runs.map((run) => run?.until('stopped') ?? Promise.resolve())));
      });
    },

    async attendInstance({ sessionId, fencing }) {
      let attends = false;
      try {
        assertEngine(deps);
        // After a new registration, the workflow begins a new watch.
        if (!(await whileHeartbeating(deps.session.confirm(sessionId)))) return;
        const watching = fencing === undefined ? unfenced(deps) : await whileHeartbeating(beginFence(deps, fencing));
        await whileHeartbeating(deps.session.announce());
        if (fencing !== undefined) await whileHeartbeating(assertAttended(deps.session));
        attends = true;
        // After a silence the lease may be near its end.
        await whileHeartbeating(watching.beat?.() ?? Promise.resolve());
        await whileHeartbeating(aborted(deps.shutdown), { ...watching, check: () => assertEngine(deps) });
      } catch (error) {
        if (error instanceof CancelledFailure) {
          if (!deps.shutdown.aborted) deps.session.unwatched();
        } else if (!attends) {
          // The workflow tries again at once, so a lasting failure must not keep it busy. It learns of a new one at once.
          await sleep(FAILURE_PAUSE_MS);
        }
        throw error;
      }
    },
  };
}

/**
 * Does the work and returns the reports that the owner has not received by then. If the work fails, or nobody waits for
 * it any more, the reports go out as signals.
 */
async function answering(
  reporter: Pick<TaskReporter, 'hold'>,
  order: OrderKind,
  { ownerWorkflowId, tasks }: Pick<StopTasksInput, 'ownerWorkflowId' | 'tasks'>,
  work: () => Promise<void>,
): Promise<Columns<TaskReport>> {
  const hold = reporter.hold(
    ownerWorkflowId,
    tasks.map(({ taskId }) => taskId),
    order,
  );
  try {
    await work();
    return toColumns(hold.take());
  } finally {
    hold.release();
  }
}

/** An instance without an engine must not look alive: without attendInstance's heartbeats it counts as silent. */
function assertEngine(deps: HostActivityDeps): void {
  if (deps.engineIsLost())
    throw ApplicationFailure.retryable('The container engine does not answer.', 'ContainerEngineAway');
}

function unfenced({ fence }: HostActivityDeps): Watching {
  fence?.off();
  return {};
}

/** From now on the host's service tasks end without contact. */
async function beginFence(
  { fence }: HostActivityDeps,
  { lostAfterMs }: NonNullable<AttendInstanceInput['fencing']>,
): Promise<Watching> {
  if (fence === undefined) return {};
  const { taskToken, heartbeatTimeoutMs = 0 } = Context.current().info;
  const watch = { taskToken, heartbeatTimeoutMs, lostAfterMs };
  await fence.begin(watch);
  return { beat: fencedBeat(fence, watch) };
}

/** A heartbeat renews the lease only if the control plane counts no silence meanwhile. */
async function assertAttended(session: AgentSession): Promise<void> {
  if (!(await session.isAttended()))
    throw ApplicationFailure.retryable('The control plane does not count on this session.', 'NotAttended');
}

interface LaunchOrder extends Omit<LaunchTasksInput, 'tasks'> {
  readonly tasks: readonly TaskLaunch[];
}

function launchAll(tasks: HostTaskOrders, input: LaunchOrder): OrderedTask[] {
  return input.tasks.flatMap((launch) => {
    const definition = input.taskDefinitions[launch.taskDefinitionArn];
    if (definition === undefined)
      throw ApplicationFailure.nonRetryable(`no task definition ${launch.taskDefinitionArn} in the batch`);
    const { clusterName, containerInstanceId } = input;
    const plan = planTask(definition, launch, input.ownerWorkflowId);
    const run = tasks.launch({ clusterName, containerInstanceId, definition, launch, plan });
    return run === undefined ? [] : [run];
  });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
