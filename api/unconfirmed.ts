/** Tells the caller why Temporal did not confirm a change in time: what is down, and what to do next. */
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';

/** What a look at the workflow found. */
export type Finding =
  | { readonly kind: 'unreachable'; readonly error: string }
  | { readonly kind: 'noWorker'; readonly lastSeenMs: number | undefined }
  /** The workflow's workflow task fails again and again. */
  | { readonly kind: 'failing'; readonly attempt: number; readonly failure: string | undefined }
  | { readonly kind: 'slow' };

/** The look may not take much longer, because the call has waited already. */
const LOOK_PATIENCE_MS = 2_000;
/** A worker polls at least once a minute, so one that was seen longer ago is gone. */
const WORKER_SEEN_WITHIN_MS = 75_000;
/** How many of the latest events are searched for the last failure. */
const EVENTS_LOOKED_AT = 20;

const NOT_CONFIRMED = 'The change was not confirmed';

/** The message of the ServiceUnavailable error. */
export function sayUnconfirmed(workflowId: string, finding: Finding): string {
  switch (finding.kind) {
    case 'unreachable':
      return `${NOT_CONFIRMED}: Temporal cannot be reached (${finding.error}). Check that it runs and that TEMPORAL_ADDRESS names it, then repeat the call.`;
    case 'noWorker': {
      const seen =
        finding.lastSeenMs === undefined
          ? ''
          : ` (the last one was seen ${Math.round(finding.lastSeenMs / 1000)} s ago)`;
      return `${NOT_CONFIRMED}: no worker serves the control plane's task queue${seen}, so workflow ${workflowId} is waiting. Start one with \`longshore worker\`, or the all-in-one with \`longshore start\`, then repeat the call.`;
    }
    case 'failing': {
      const failure = finding.failure === undefined ? '' : `: ${finding.failure}`;
      return `${NOT_CONFIRMED}: workflow ${workflowId} cannot go on, its workflow task has failed ${finding.attempt - 1} times${failure}. Look at it in the Temporal UI and at the worker's log; it goes on by itself once the cause is gone.`;
    }
    case 'slow':
      return `${NOT_CONFIRMED} in time: workflow ${workflowId} has not answered yet, and may still carry it out. Repeat the call in a moment; look at the workflow in the Temporal UI if it goes on.`;
  }
}

/** Looks for the cause. Never rejects: if Temporal cannot be asked, that is the cause. */
export async function findCause(connection: Connection, namespace: string, workflowId: string): Promise<Finding> {
  try {
    return await connection.withDeadline(Date.now() + LOOK_PATIENCE_MS, () => look(connection, namespace, workflowId));
  } catch (error) {
    return { kind: 'unreachable', error: isGrpcServiceError(error) ? error.details || error.message : String(error) };
  }
}

async function look({ workflowService }: Connection, namespace: string, workflowId: string): Promise<Finding> {
  const execution = { workflowId };
  const [found, queue] = await Promise.all([
    workflowService.describeWorkflowExecution({ namespace, execution }).catch((error: unknown) => {
      if (isGrpcServiceError(error) && NOT_FOUND.includes(error.code)) return undefined;
      throw error;
    }),
    workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: CONTROL_TASK_QUEUE },
      taskQueueType: WORKFLOW_QUEUE,
    }),
  ]);
  const attempt = found?.pendingWorkflowTask?.attempt ?? 0;
  if (attempt > 1) {
    const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: EVENTS_LOOKED_AT,
    });
    const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
    return {
      kind: 'failing',
      attempt,
      failure: failed?.workflowTaskFailedEventAttributes?.failure?.message ?? undefined,
    };
  }
  const seen = queue.pollers.map(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000);
  const lastSeenMs = seen.length === 0 ? undefined : Math.min(...seen);
  if (lastSeenMs === undefined || lastSeenMs > WORKER_SEEN_WITHIN_MS) return { kind: 'noWorker', lastSeenMs };
  return { kind: 'slow' };
}

const NOT_FOUND: readonly number[] = [5];
const WORKFLOW_QUEUE = proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
