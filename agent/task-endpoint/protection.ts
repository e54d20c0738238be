/** `$ECS_AGENT_URI/task-protection/v1/state`: the ECS calls GetTaskProtection and UpdateTaskProtection, with the keys of the task's role. */
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { parseArn } from '../../model/arn.ts';
import { defined } from '../../model/defined.ts';
import type { ForwardedAnswer, ForwardedRequest, TaskControl, TaskCredentials } from '../../model/task-calls.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { isLive, nameOf } from './host-tasks-view.ts';
import type { TaskKeys } from './task-keys.ts';

const TARGET = 'AmazonEC2ContainerServiceV20141113';
/** As long as ECS's agent waits for ECS. */
const CALL_TIMEOUT_MS = 4_000;
const UNEXPECTED = 'Unexpected error occurred';

export interface ProtectionDeps {
  readonly keys: TaskKeys;
  readonly control: Pick<TaskControl, 'forward'>;
  /** The endpoint's own host and port, which the signature covers. */
  readonly host: string;
}

/** Members in any case, as ECS's agent takes them. */
const request = z
  .preprocess(
    (value) =>
      value instanceof Object && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member as unknown]))
        : value,
    z.strictObject({ protectionenabled: z.boolean().nullish(), expiresinminutes: z.int().nullish() }),
  )
  .transform(({ protectionenabled, expiresinminutes }) => ({ enabled: protectionenabled, minutes: expiresinminutes }));

const answered = z.object({
  protectedTasks: z
    .array(z.object({ taskArn: z.string(), protectionEnabled: z.boolean(), expirationDate: z.number().optional() }))
    .default([]),
  failures: z
    .array(z.object({ arn: z.string().optional(), reason: z.string().optional(), detail: z.string().optional() }))
    .default([]),
});

const refused = z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() });

/** `requestId` as the API gave it. */
function failed(
  { status, code, message }: { readonly status: number; readonly code: string; readonly message: string },
  arn?: string,
  requestId?: string,
): Answer {
  return jsonAnswer(status, {
    ...defined({ requestID: requestId }),
    error: { ...defined({ Arn: arn }), Code: code, Message: message },
  });
}

export const unknownProtectionId = (): Answer =>
  failed({ status: 404, code: 'ResourceNotFoundException', message: 'Failed to find a task for the request' });

/** Reads the protection, or sets it if there is a body. */
export async function answerProtection(
  life: TaskLife,
  body: Buffer | undefined,
  deps: ProtectionDeps,
): Promise<Answer> {
  if (!isLive(life)) return unknownProtectionId();
  const { taskArn } = life.plan;
  const update = body === undefined ? undefined : readUpdate(body);
  const invalid = { status: 400, code: 'InvalidParameterException' };
  if (update === 'unreadable') return failed({ ...invalid, message: 'UpdateTaskProtection: failed to decode request' });
  if (update !== undefined && typeof update.enabled !== 'boolean')
    return failed({ ...invalid, message: "Invalid request: does not contain 'ProtectionEnabled' field" }, taskArn);
  const keys = await keysOf(life, deps);
  if ('body' in keys) return keys;
  const call = { cluster: nameOf(life).clusterName, tasks: [taskArn] };
  const asked =
    update === undefined
      ? await signed('GetTaskProtection', call, { life, keys, deps })
      : await signed(
          'UpdateTaskProtection',
          { ...call, protectionEnabled: update.enabled, ...defined({ expiresInMinutes: update.minutes ?? undefined }) },
          { life, keys, deps },
        );
  return translated(await sent(life, asked, deps), taskArn);
}

function readUpdate(body: Buffer): z.infer<typeof request> | 'unreadable' {
  try {
    return request.parse(JSON.parse(body.toString()));
  } catch {
    return 'unreadable';
  }
}

async function keysOf(life: TaskLife, { keys }: ProtectionDeps): Promise<TaskCredentials | Answer> {
  const { taskArn, hasTaskRole } = life.plan;
  const noRole = {
    status: 403,
    code: 'AccessDeniedException',
    message: 'Invalid Request: no task IAM role credentials available for task',
  };
  if (hasTaskRole !== true) return failed(noRole, taskArn);
  try {
    return await keys.of(nameOf(life));
  } catch (error) {
    if (error instanceof TaskCallRefused) return failed({ ...noRole, message: error.message }, taskArn);
    return failed({ status: 500, code: 'ServerException', message: 'the control plane does not answer' }, taskArn);
  }
}

interface Signing {
  readonly life: TaskLife;
  readonly keys: TaskCredentials;
  readonly deps: ProtectionDeps;
}

async function signed(operation: string, input: object, { life, keys, deps }: Signing): Promise<ForwardedRequest> {
  const body = JSON.stringify(input);
  const signer = new SignatureV4({
    credentials: keys,
    region: parseArn(life.plan.taskArn)?.region ?? '',
    service: 'ecs',
    sha256: Sha256,
    applyChecksum: false,
  });
  const headers = {
    host: deps.host,
    'content-type': 'application/x-amz-json-1.1',
    'content-length': String(Buffer.byteLength(body)),
    'x-amz-target': `${TARGET}.${operation}`,
  };
  const unsigned = new HttpRequest({
    method: 'POST',
    protocol: 'http:',
    hostname: deps.host,
    path: '/',
    headers,
    body,
  });
  const { headers: all } = await signer.sign(unsigned);
  return {
    method: 'POST',
    url: '/',
    headers: Object.entries(all).map(([name, value]) => [name.toLowerCase(), value] as const),
    body: Buffer.from(body).toString('base64'),
  };
}

/** Undefined: no answer in the time. */
async function sent(
  life: TaskLife,
  asked: ForwardedRequest,
  { control }: ProtectionDeps,
): Promise<ForwardedAnswer | Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), CALL_TIMEOUT_MS);
  });
  try {
    return await Promise.race([control.forward(nameOf(life), asked), late]);
  } catch (error) {
    return error instanceof TaskCallRefused ? error : new Error('the control plane does not answer');
  } finally {
    clearTimeout(timer);
  }
}

/** The API's answer in the form of ECS's agent. */
function translated(answer: ForwardedAnswer | Error | undefined, arn: string): Answer {
  if (answer === undefined)
    return failed({ status: 504, code: 'RequestCanceled', message: 'Timed out calling ECS Task Protection API' }, arn);
  const unexpected = { status: 500, code: 'ServerException', message: UNEXPECTED };
  if (answer instanceof Error) return failed({ ...unexpected, message: answer.message }, arn);
  const requestId = answer.headers.find(([name]) => name.toLowerCase() === 'x-amzn-requestid')?.[1];
  const body = jsonOf(Buffer.from(answer.body, 'base64').toString());
  if (answer.status !== 200) {
    const error = refused.safeParse(body);
    if (!error.success) return failed(unexpected, arn, requestId);
    const { __type: type, message, Message } = error.data;
    const code = type.slice(type.indexOf('#') + 1);
    return failed({ status: answer.status, code, message: message ?? Message ?? '' }, arn, requestId);
  }
  const read = answered.safeParse(body);
  const [failure] = read.data?.failures ?? [];
  if (failure !== undefined)
    return jsonAnswer(200, {
      failure: { Arn: failure.arn ?? null, Detail: failure.detail ?? null, Reason: failure.reason ?? null },
    });
  const [task] = read.data?.protectedTasks ?? [];
  if (task === undefined) return failed(unexpected, arn, requestId);
  const ends = task.expirationDate === undefined ? null : new Date(task.expirationDate * 1_000).toISOString();
  return jsonAnswer(200, {
    protection: { ExpirationDate: ends, ProtectionEnabled: task.protectionEnabled, TaskArn: task.taskArn },
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
