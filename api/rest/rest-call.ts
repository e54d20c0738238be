/** Answers one REST request: merges path and query into the body, and runs the same operation as over AWS JSON. */
import type { Request, Response } from 'express';
import { EcsError } from '../../model/errors.ts';
import { ecsDoor } from '../ecs/door.ts';
import type { Calls } from '../protocol/calls.ts';
import { parseBody } from '../protocol/request-body.ts';
import { responseBody } from '../protocol/response-body.ts';
import type { Shape } from '../protocol/shapes.ts';
import type { RestRoute } from './routes.ts';

/** What a presigned URL has beside the members of its call. */
const SIGNING_PARAMETER = /^X-Amz-/i;

/**
 * Answers one request of `route`. Throws EcsError; the server's error handler turns it into the error's body and
 * status.
 */
export async function answerRest(
  calls: Calls,
  route: RestRoute,
  { request, response }: { readonly request: Request; readonly response: Response },
): Promise<void> {
  const called = { door: ecsDoor, name: route.operation };
  const { shape, output } = await calls.invoke(response, called, inputOf(route, request));
  await calls.succeed(response, { status: route.status ?? 200, body: bodyOf(route, responseBody(shape, output)) });
}

/** Merges the body's members, then the query's, then the path's; the path wins. */
function inputOf(route: RestRoute, request: Request): unknown {
  const body = parseBody(request.body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const members = new Map(
    ecsDoor.catalogue.shapesOf(route.operation)?.input.members.map(({ name, shape }) => [name, shape]),
  );
  const input: Record<string, unknown> = { ...body };
  for (const [name, value] of Object.entries(request.query)) {
    if (!SIGNING_PARAMETER.test(name)) input[name] = queryValue(members.get(name), value);
  }
  for (const [name, value] of Object.entries(request.params)) {
    const list = route.lists?.[name];
    if (list !== undefined) input[list] = [value];
    if (list === undefined || members.has(name)) input[name] = value;
  }
  return input;
}

/** Reads text of the query as JSON would have it: `true` as a boolean, `a&a` or a single value as a list. */
function queryValue(shape: Shape | undefined, value: unknown): unknown {
  if (shape?.kind === 'list' && !Array.isArray(value)) return [value];
  if (shape?.kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function bodyOf(route: RestRoute, output: Record<string, unknown>): unknown {
  if (route.one === undefined) return output;
  const [only] = output[route.one.list] as readonly unknown[];
  if (only === undefined) throw new EcsError(route.one.missing.code, route.one.missing.message);
  return only;
}
