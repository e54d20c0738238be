/** Runs one call of one operation, over either protocol: checks the input, runs the handler, shapes the output. */
import { EcsError } from '../../model/errors.ts';
import type { Operation, OperationContext } from '../operation.ts';
import { operations } from '../ecs/operations/index.ts';
import { operationShapes } from './catalogue.ts';
import { responseBody } from './response-body.ts';
import { validateRequest } from './validate-request.ts';

const implemented: ReadonlyMap<string, Operation> = new Map(operations.map((operation) => [operation.name, operation]));

/** Whether Longshore implements the operation. */
export const isImplemented = (name: string): boolean => implemented.has(name);

/** Whether the operation records something and makes no room. */
export const recordsMore = (name: string): boolean => implemented.get(name)?.effect === 'records';

/**
 * Runs operation `name` on a request's JSON and returns the response's JSON. Throws EcsError for refusals, among them
 * UnknownOperationException and, for operations that are not built, UnsupportedFeatureException.
 */
export async function invokeOperation(
  name: string,
  body: unknown,
  context: OperationContext,
): Promise<Record<string, unknown>> {
  const shapes = operationShapes(name);
  if (shapes === undefined) {
    throw new EcsError('UnknownOperationException', `The ECS API has no operation '${name}'.`);
  }
  const operation = implemented.get(name);
  if (operation === undefined) {
    throw new EcsError('UnsupportedFeatureException', `${name} is not supported by Longshore yet.`);
  }
  const input = validateRequest(shapes, body);
  return responseBody(shapes.output, await operation.handle(input as never, context));
}
