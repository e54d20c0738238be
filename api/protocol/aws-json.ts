/** AWS JSON 1.1 on `POST /`: the operation is named by the X-Amz-Target header. */
import type { Request, Response } from 'express';
import { EcsError } from '../../model/errors.ts';
import type { Calls } from './calls.ts';
import { TARGET_PREFIX } from './catalogue.ts';
import { parseBody } from './request-body.ts';

/** The content types that AWS clients and people with curl send. */
const CONTENT_TYPES = new Set(['application/x-amz-json-1.1', 'application/x-amz-json-1.0', 'application/json']);

/** Answers one AWS JSON request. Throws EcsError; the server's error handler turns it into AWS's error. */
export async function answerAwsJson(calls: Calls, request: Request, response: Response): Promise<void> {
  const operation = targetOperation(request);
  const body = await calls.invoke(response, operation, parseBody(request.body));
  calls.succeed(response, { protocol: 'aws-json', status: 200, body });
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
