/**
 * What of Temporal's WorkflowService an agent may call, and with what: only what the SDK's worker needs for activities. Each
 * request to Temporal is made anew from the members that are known here. So the namespace, the identity and the task queue
 * are the agent's own whatever it sends, and a member that a later SDK adds has no effect until somebody has judged it.
 */
import { status } from '@grpc/grpc-js';
import proto, { type temporal } from '@temporalio/proto';
import { instanceTaskQueue } from '../../../model/container-instance.ts';
import { AGENT_NAMESPACE } from '../../../model/agent-calls.ts';
import { Forbidden, GrpcRefusal } from '../grpc/status.ts';
import type { AgentIdentity } from '../identity.ts';
import { checkedResult } from './activity-result.ts';
import type { TaskTokens } from './task-tokens.ts';
import type { CallBounds, Upstream, WorkflowService } from './upstream.ts';

const { workflowservice: wire } = proto.temporal.api;
const { TaskQueueKind, TaskQueueType } = proto.temporal.api.enums.v1;

export interface TemporalCall {
  readonly identity: AgentIdentity;
  readonly upstream: Upstream;
  readonly tokens: TaskTokens;
  readonly bounds: CallBounds;
}

export interface TemporalMethod {
  /** A call that waits at Temporal until there is work. */
  readonly isPoll: boolean;
  /** Throws GrpcRefusal. */
  handle(request: Uint8Array, call: TemporalCall): Promise<Uint8Array>;
}

interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(message: T): { finish(): Uint8Array };
}

/** What every request to Temporal says of the agent. */
const by = ({ identity, upstream }: TemporalCall) => ({
  namespace: upstream.namespace,
  identity: `agent/${identity.clusterName}/${identity.containerInstanceId}`,
});

function checkNamespace(namespace: string | null | undefined): void {
  if (namespace !== AGENT_NAMESPACE)
    throw new Forbidden(`An agent's only namespace is "${AGENT_NAMESPACE}" (it is "${namespace ?? ''}").`);
}

function checkQueue(queue: string | null | undefined, { identity }: TemporalCall): void {
  const own = instanceTaskQueue(identity.containerInstanceId);
  if (queue !== own) throw new Forbidden(`The agent's only task queue is "${own}" (it is "${queue ?? ''}").`);
}

function unwrap(token: Uint8Array | null | undefined, { tokens, identity }: TemporalCall): Uint8Array {
  // An empty token is decoded as an array.
  const own = tokens.unwrap(Uint8Array.from(token ?? []), identity);
  if (own === undefined) throw new Forbidden('The task token was not handed out to this agent.');
  return own;
}

interface Passed<Request, Answer> {
  readonly request: Codec<Request>;
  readonly answer: Codec<Answer>;
  readonly isPoll?: boolean;
  /** The request that Temporal gets. Throws Forbidden. */
  readonly toTemporal: (request: Request, call: TemporalCall) => Request;
  readonly send: (service: WorkflowService, request: Request) => Promise<Answer>;
  /** The answer that the agent gets. */
  readonly toAgent?: (answer: Answer, call: TemporalCall) => Answer;
}

const passed = <Request, Answer>(method: Passed<Request, Answer>): TemporalMethod => ({
  isPoll: method.isPoll ?? false,
  async handle(bytes, call) {
    const request = method.toTemporal(decoded(method.request, bytes), call);
    const answer = await call.upstream.call(call.bounds, (service) => method.send(service, request));
    return method.answer.encode(method.toAgent?.(answer, call) ?? answer).finish();
  },
});

function decoded<T>(codec: Codec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes);
  } catch {
    throw new GrpcRefusal(status.INVALID_ARGUMENT, 'The message is not one of this call.');
  }
}

type V1 = typeof temporal.api.workflowservice.v1;
const v1: V1 = wire.v1;

const getSystemInfo = passed({
  request: v1.GetSystemInfoRequest,
  answer: v1.GetSystemInfoResponse,
  toTemporal: () => v1.GetSystemInfoRequest.create(),
  send: (service, request) => service.getSystemInfo(request),
});

/** The SDK reads at its start what the namespace can do. The agent learns nothing else of it. */
const describeNamespace = passed({
  request: v1.DescribeNamespaceRequest,
  answer: v1.DescribeNamespaceResponse,
  toTemporal: ({ namespace }, call) => {
    checkNamespace(namespace);
    return v1.DescribeNamespaceRequest.create({ namespace: by(call).namespace });
  },
  send: (service, request) => service.describeNamespace(request),
  toAgent: ({ namespaceInfo }) =>
    v1.DescribeNamespaceResponse.create({
      namespaceInfo: {
        name: AGENT_NAMESPACE,
        state: namespaceInfo?.state ?? null,
        limits: namespaceInfo?.limits ?? null,
        // Heartbeats of workers would let an agent speak of others in Temporal's list of workers. The SDK sends none then.
        capabilities: { ...namespaceInfo?.capabilities, workerHeartbeats: false },
      },
    }),
});

const pollActivityTaskQueue = passed({
  request: v1.PollActivityTaskQueueRequest,
  answer: v1.PollActivityTaskQueueResponse,
  isPoll: true,
  toTemporal: ({ namespace, taskQueue, workerInstanceKey }, call) => {
    checkNamespace(namespace);
    checkQueue(taskQueue?.name, call);
    const queue = { name: instanceTaskQueue(call.identity.containerInstanceId), kind: normal(taskQueue?.kind) };
    return v1.PollActivityTaskQueueRequest.create({
      ...by(call),
      taskQueue: queue,
      workerInstanceKey: workerInstanceKey ?? null,
    });
  },
  send: (service, request) => service.pollActivityTaskQueue(request),
  toAgent: (answer, { tokens, identity }) => {
    const { taskToken } = answer;
    // Without work the answer is empty.
    if (taskToken === null || taskToken === undefined || taskToken.length === 0) return answer;
    answer.taskToken = tokens.wrap(taskToken, identity);
    answer.workflowNamespace = AGENT_NAMESPACE;
    return answer;
  },
});

function normal(kind: temporal.api.enums.v1.TaskQueueKind | null | undefined): temporal.api.enums.v1.TaskQueueKind {
  if (kind === TaskQueueKind.TASK_QUEUE_KIND_NORMAL || (kind ?? 0) === 0) return TaskQueueKind.TASK_QUEUE_KIND_NORMAL;
  throw new Forbidden('An agent polls a normal task queue.');
}

interface AboutTask {
  readonly taskToken?: Uint8Array | null;
  readonly namespace?: string | null;
}

/** What requests about a task have in common: its token says which. */
function aboutTask({ namespace, taskToken }: AboutTask, call: TemporalCall) {
  checkNamespace(namespace);
  return { ...by(call), taskToken: unwrap(taskToken, call) };
}

const recordActivityTaskHeartbeat = passed({
  request: v1.RecordActivityTaskHeartbeatRequest,
  answer: v1.RecordActivityTaskHeartbeatResponse,
  // The agent's heartbeats have no details, and nobody reads any.
  toTemporal: (request, call) => v1.RecordActivityTaskHeartbeatRequest.create(aboutTask(request, call)),
  send: (service, request) => service.recordActivityTaskHeartbeat(request),
});

const respondActivityTaskCompleted = passed({
  request: v1.RespondActivityTaskCompletedRequest,
  answer: v1.RespondActivityTaskCompletedResponse,
  toTemporal: (request, call) =>
    v1.RespondActivityTaskCompletedRequest.create({
      ...aboutTask(request, call),
      result: checkedResult(request.result, call.identity),
    }),
  send: (service, request) => service.respondActivityTaskCompleted(request),
});

const MOST_IN_FAILURE = 4_096;

/**
 * The failure for Temporal. A workflow reads failures outside of its own code, and one that it cannot read would hold it up for
 * ever: so all that an agent may say is a message, a type, and whether to try again.
 */
export function writtenAnew(
  failure: temporal.api.failure.v1.IFailure | null | undefined,
): temporal.api.failure.v1.IFailure {
  const { type, nonRetryable } = failure?.applicationFailureInfo ?? {};
  const clipped = (text: string | null | undefined): string => (text ?? '').slice(0, MOST_IN_FAILURE);
  return {
    message: clipped(failure?.message),
    source: 'agent',
    applicationFailureInfo: { type: clipped(type), nonRetryable: nonRetryable === true },
  };
}

const respondActivityTaskFailed = passed({
  request: v1.RespondActivityTaskFailedRequest,
  answer: v1.RespondActivityTaskFailedResponse,
  toTemporal: (request, call) =>
    v1.RespondActivityTaskFailedRequest.create({ ...aboutTask(request, call), failure: writtenAnew(request.failure) }),
  send: (service, request) => service.respondActivityTaskFailed(request),
});

const respondActivityTaskCanceled = passed({
  request: v1.RespondActivityTaskCanceledRequest,
  answer: v1.RespondActivityTaskCanceledResponse,
  toTemporal: (request, call) => v1.RespondActivityTaskCanceledRequest.create(aboutTask(request, call)),
  send: (service, request) => service.respondActivityTaskCanceled(request),
});

/** The worker's last call: Temporal ends its polls. */
const shutdownWorker = passed({
  request: v1.ShutdownWorkerRequest,
  answer: v1.ShutdownWorkerResponse,
  toTemporal: ({ namespace, taskQueue, workerInstanceKey, reason }, call) => {
    checkNamespace(namespace);
    checkQueue(taskQueue, call);
    return v1.ShutdownWorkerRequest.create({
      ...by(call),
      taskQueue: taskQueue ?? null,
      taskQueueTypes: [TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY],
      workerInstanceKey: workerInstanceKey ?? null,
      reason: reason ?? null,
    });
  },
  send: (service, request) => service.shutdownWorker(request),
});

/** By their names in Temporal's API. */
export const TEMPORAL_METHODS: ReadonlyMap<string, TemporalMethod> = new Map(
  Object.entries({
    GetSystemInfo: getSystemInfo,
    DescribeNamespace: describeNamespace,
    PollActivityTaskQueue: pollActivityTaskQueue,
    RecordActivityTaskHeartbeat: recordActivityTaskHeartbeat,
    RespondActivityTaskCompleted: respondActivityTaskCompleted,
    RespondActivityTaskFailed: respondActivityTaskFailed,
    RespondActivityTaskCanceled: respondActivityTaskCanceled,
    ShutdownWorker: shutdownWorker,
  }),
);
