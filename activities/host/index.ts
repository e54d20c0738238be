/** The activities of an agent. Tasks live in HostTasks; an activity only gives orders, waits and heartbeats. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { HostTasks } from './launch/host-tasks.ts';
import { planTask } from './launch/plan.ts';
import type { TaskRun } from './launch/task-run.ts';
import type { TaskReporter } from './reporter.ts';
import type { HostActivities, LaunchTasksInput, StopTasksInput } from './types.ts';

/** Heartbeats are throttled by the worker; asked for a little more often than they are sent. */
const HEARTBEAT_MS = 2_000;
const FAILURE_PAUSE_MS = 5_000;

export interface HostActivityDeps {
  readonly tasks: HostTasks;
  readonly reporter: Pick<TaskReporter, 'delivered'>;
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
}

/** The activities of one agent; `deps` live as long as its process. */
export function createHostActivities(deps: HostActivityDeps): HostActivities {
  return {
    async launchTasks(input) {
      const runs = launchAll(deps.tasks, input);
      await whileHeartbeating(Promise.all(runs.map((run) => run.until('running', 'stopped'))));
      await whileHeartbeating(deps.reporter.delivered(input.ownerWorkflowId));
    },

    async stopTasks(input: StopTasksInput) {
      const runs = input.tasks.map((task) => deps.tasks.stop(task.taskId, input.ownerWorkflowId));
      await whileHeartbeating(Promise.all(runs.map((run) => run?.until('stopped') ?? Promise.resolve())));
      await whileHeartbeating(deps.reporter.delivered(input.ownerWorkflowId));
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
        throw error;
      }
    },
  };
}

/** An engine that is gone must not look alive: without the heartbeats of attendInstance the instance counts as silent. */
function assertEngine(deps: HostActivityDeps): void {
  if (deps.engineIsLost())
    throw ApplicationFailure.retryable('The container engine does not answer.', 'ContainerEngineAway');
}

function launchAll(tasks: HostTasks, input: LaunchTasksInput): TaskRun[] {
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

/** Waits for the work, heartbeating; a cancellation ends the wait, not the work. `check` may end it by throwing. */
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
    beat();
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
