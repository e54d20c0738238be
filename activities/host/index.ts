/** The activities of an agent. Tasks live in HostTasks; an activity only gives orders, waits and heartbeats. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { TaskBlueprint } from './launch/container-spec.ts';
import { planTask } from './launch/plan.ts';
import type { Settled } from './launch/waiters.ts';
import type { OrderKind, TaskReporter } from './reporter.ts';
import type { HostActivities, LaunchTasksInput, StopTasksInput } from './types.ts';

/** Heartbeats are throttled by the worker; asked for a little more often than they are sent. */
const HEARTBEAT_MS = 2_000;
const FAILURE_PAUSE_MS = 5_000;

/** A task that was given an order: resolves when it is RUNNING or STOPPED, or, with `stopped` alone, when it is STOPPED. */
interface OrderedTask {
  until(...settled: readonly Settled[]): Promise<void>;
}

/** The host's tasks, as the activities use them. */
export interface HostTaskOrders {
  /** Launches, or attaches to the launch under way. Undefined: the task has ended already, which is reported again. */
  launch(blueprint: TaskBlueprint): OrderedTask | undefined;
  /** Its launch is void: that it is STOPPED, as its instance was given up, is reported. */
  decline(taskId: string, ownerWorkflowId: string): void;
  /** Begins to stop. Undefined: it is not here; that it is STOPPED is reported. */
  stop(taskId: string, ownerWorkflowId: string): OrderedTask | undefined;
}

export interface HostActivityDeps {
  readonly tasks: HostTaskOrders;
  readonly reporter: Pick<TaskReporter, 'hold'>;
  readonly session: AgentSession;
  /** True when the container engine has been away for too long to be counted on. */
  readonly engineIsLost: () => boolean;
  /** Aborted when the agent shuts down in order. */
  readonly shutdown: AbortSignal;
}

/** The agent's standing with the control plane. */
export interface AgentSession {
  /** Tells the container-instance workflow that this agent has reconciled and takes work. */
  announce(): Promise<void>;
  /** The control plane greeted with this session id: registers and reconciles again when it is not the agent's own. True: it was. */
  confirm(sessionId: string): Promise<boolean>;
  /** True for launches that were ordered then: their tasks were given up with the instance, before this agent registered. */
  voids(orderedAt: EpochMs): boolean;
  /** The control plane has ended its watch: another begins, or the instance was deregistered. */
  unwatched(): void;
}

/** The activities of one agent; `deps` live as long as its process. */
export function createHostActivities(deps: HostActivityDeps): HostActivities {
  return {
    async launchTasks(input) {
      return answering(deps.reporter, 'launch', input, async () => {
        if (deps.session.voids(Context.current().info.scheduledTimestampMs)) {
          for (const { taskId } of input.tasks) deps.tasks.decline(taskId, input.ownerWorkflowId);
          return;
        }
        const runs = launchAll(deps.tasks, input);
        await whileHeartbeating(Promise.all(runs.map((run) => run.until('running', 'stopped'))));
      });
    },

    async stopTasks(input: StopTasksInput) {
      return answering(deps.reporter, 'stop', input, async () => {
        const runs = input.tasks.map((task) => deps.tasks.stop(task.taskId, input.ownerWorkflowId));
        await whileHeartbeating(Promise.all(runs.map((run) => run?.until('stopped') ?? Promise.resolve())));
      });
    },

    async attendInstance({ sessionId }) {
      try {
        assertEngine(deps);
        // After a new registration the workflow begins a watch of its own.
        if (!(await whileHeartbeating(deps.session.confirm(sessionId)))) return;
        await deps.session.announce();
        await whileHeartbeating(aborted(deps.shutdown), () => assertEngine(deps));
      } catch (error) {
        // The workflow tries again at once: a failure that lasts must not keep it busy.
        if (!(error instanceof CancelledFailure)) await sleep(FAILURE_PAUSE_MS);
        else if (!deps.shutdown.aborted) deps.session.unwatched();
        throw error;
      }
    },
  };
}

/**
 * Does the work; answers with what the owner has not been told by then. Work that fails, or that nobody waits for any
 * more, leaves it to the signals.
 */
async function answering(
  reporter: Pick<TaskReporter, 'hold'>,
  order: OrderKind,
  { ownerWorkflowId, tasks }: Pick<StopTasksInput, 'ownerWorkflowId' | 'tasks'>,
  work: () => Promise<void>,
): Promise<readonly TaskReport[]> {
  const hold = reporter.hold(
    ownerWorkflowId,
    tasks.map(({ taskId }) => taskId),
    order,
  );
  try {
    await work();
    return hold.take();
  } finally {
    hold.release();
  }
}

/** An engine that is gone must not look alive: without the heartbeats of attendInstance the instance counts as silent. */
function assertEngine(deps: HostActivityDeps): void {
  if (deps.engineIsLost())
    throw ApplicationFailure.retryable('The container engine does not answer.', 'ContainerEngineAway');
}

function launchAll(tasks: HostTaskOrders, input: LaunchTasksInput): OrderedTask[] {
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

/**
 * Waits for the work, heartbeating while it lasts: what is quick needs none, and each is a write of Temporal's. A
 * cancellation ends the wait, not the work. `check` may end it by throwing.
 */
async function whileHeartbeating<T>(work: Promise<T>, check: () => void = () => undefined): Promise<T> {
  const context = Context.current();
  let timer: NodeJS.Timeout | undefined;
  const checked = new Promise<never>((_resolve, reject) => {
    const beat = (): void => {
      try {
        check();
        context.heartbeat();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    timer = setInterval(beat, HEARTBEAT_MS);
  });
  try {
    return await Promise.race([work, checked, context.cancelled]);
  } finally {
    clearInterval(timer);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
