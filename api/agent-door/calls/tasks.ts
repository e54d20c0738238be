/** What an agent asks in the name of tasks that its instance holds: secrets, keys of roles, calls of their programs. */
import { z } from 'zod';
import {
  FORWARD_TASK_CALL,
  type ForwardedAnswer,
  type ForwardTaskCall,
  ISSUE_TASK_CREDENTIALS,
  READ_TASK_SECRETS,
  type TaskControl,
  type TaskCredentials,
  type TaskName,
  type TaskSecrets,
} from '../../../model/task-calls.ts';
import { NotHeld } from '../../tasks/held-task.ts';
import type { AgentDoorCall, AgentDoorContext } from '../call.ts';
import { Forbidden } from '../grpc/status.ts';
import { agentOf } from './instance.ts';
import { listOf, taskId } from './schemas.ts';

/** A request of 1 MiB in base64, and to spare. */
const MOST_BODY = 1_500_000;
const MOST_HEADERS = 200;
const MOST_HEADER = 16_384;

const taskName = { clusterName: z.string().min(1).max(512), taskId };

/** What it holds and what it asks of it; whoever names another's task is on record. */
async function ask<Answer>(context: AgentDoorContext, call: (tasks: TaskControl) => Promise<Answer>): Promise<Answer> {
  const { clusterName, containerInstanceId } = agentOf(context);
  try {
    return await call(context.grants.of({ clusterName, containerInstanceId }));
  } catch (error) {
    throw error instanceof NotHeld ? new Forbidden(error.message) : error;
  }
}

export const readTaskSecrets: AgentDoorCall<TaskName, TaskSecrets> = {
  name: READ_TASK_SECRETS,
  request: z.object(taskName),
  callers: ['agent'],
  handle: (task, context) => ask(context, (tasks) => tasks.secrets(task)),
};

export const issueTaskCredentials: AgentDoorCall<TaskName, TaskCredentials> = {
  name: ISSUE_TASK_CREDENTIALS,
  request: z.object(taskName),
  callers: ['agent'],
  handle: (task, context) => ask(context, (tasks) => tasks.credentials(task)),
};

const text = z.string().max(MOST_HEADER);

export const forwardTaskCall: AgentDoorCall<ForwardTaskCall, ForwardedAnswer> = {
  name: FORWARD_TASK_CALL,
  request: z.object({
    clusterName: taskName.clusterName.exactOptional(),
    taskId: taskId.exactOptional(),
    request: z.object({
      method: z.string().regex(/^[A-Z]{1,20}$/),
      url: text.regex(/^\/[!-~]*$/, 'must be a path with a query'),
      headers: listOf(z.tuple([text.regex(/^[!-~]+$/), text.regex(/^[^\0\r\n]*$/)]), MOST_HEADERS),
      body: z.string().max(MOST_BODY),
    }),
  }),
  callers: ['agent'],
  handle: ({ request, clusterName, taskId: id }, context) => {
    const task = id === undefined ? undefined : { clusterName: clusterName ?? '', taskId: id };
    return ask(context, (tasks) => tasks.forward(task, request));
  },
};
