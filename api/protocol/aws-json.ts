/** AWS JSON 1.1 on `POST /`: the operation is named by the X-Amz-Target header. */
import type { Request, Response } from 'express';
import { EcsError } from '../../model/errors.ts';
import type { Calls } from './calls.ts';
import { TARGET_PREFIX } from './catalogue.ts';

/** What AWS clients, and people with curl, send. */
const CONTENT_TYPES = new Set(['application/x-amz-json-1.1', 'application/x-amz-json-1.0', 'application/json']);

/** Answers one AWS JSON request. Throws what the error handler turns into the AWS error. */
export async function answerAwsJson(calls: Calls, request: Request, response: Response): Promise<void> {
  const operation = targetOperation(request);
  const body = await calls.invoke(response, operation, parseBody(request.body));
  calls.succeed(response, { door: 'aws-json', status: 200, body });
}

/** The operation that a request's target header names. Throws UnknownOperationException. */
function targetOperation(request: Request): string {
  const type = request.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!CONTENT_TYPES.has(type)) {
    throw new EcsError(
      'UnknownOperationException',
      `Content-Type '${type}' is not understood. Send application/x-amz-json-1.1.`,
    );
  }
  const target = request.get('x-amz-target') ?? '';
  if (!target.startsWith(TARGET_PREFIX)) {
    throw new EcsError(
      'UnknownOperationException',
      `X-Amz-Target '${target}' is not understood. Send ${TARGET_PREFIX}<operation>.`,
    );
  }
  return target.slice(TARGET_PREFIX.length);
}

/** The JSON of a request's raw body; an empty body is an empty request. Throws SerializationException. */
export function parseBody(raw: unknown): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch (error) {
    const where = error instanceof SyntaxError ? `: ${error.message}` : '';
    throw new EcsError('SerializationException', `The body of the request is not JSON${where}`);
  }
}
