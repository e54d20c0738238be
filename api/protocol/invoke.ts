/** Runs one call of one operation, over any protocol: checks the input, runs the handler, shapes the output. */
import { EcsError } from '../../model/errors.ts';
import type { Door } from '../door.ts';
import type { OperationContext } from '../operation.ts';
import type { StructureShape } from './shapes.ts';
import { validateRequest } from './validate-request.ts';

/** Whether the operation records something and makes no room. */
export const recordsMore = (door: Door, name: string): boolean => door.operations.get(name)?.effect === 'records';

/** What an operation answered, and the shape in which a protocol writes it. */
export interface Answer {
  readonly shape: StructureShape;
  readonly output: unknown;
}

export interface Invocation {
  readonly context: OperationContext;
  /** Throws if the caller may not do what the input asks for. Nothing has been read or changed by then. */
  readonly check: (input: object) => Promise<void> | void;
}

/**
 * Runs operation `name` on a request's members. Throws AwsError for refusals, among them
 * UnknownOperationException and, for operations that are not built, UnsupportedFeatureException.
 */
export async function invokeOperation(
  { door, name }: { readonly door: Door; readonly name: string },
  body: unknown,
  { context, check }: Invocation,
): Promise<Answer> {
  const shapes = door.catalogue.shapesOf(name);
  if (shapes === undefined) {
    throw new EcsError(
      'UnknownOperationException',
      `The ${door.service.toUpperCase()} API has no operation '${name}'.`,
    );
  }
  const operation = door.operations.get(name);
  if (operation === undefined) {
    const advice = door.advice?.get(name);
    const unsupported = `${name} is not supported by Longshore yet.`;
    throw new EcsError('UnsupportedFeatureException', advice === undefined ? unsupported : `${unsupported} ${advice}`);
  }
  const input = validateRequest(shapes, body, door.refusals) as object;
  await check(input);
  return { shape: shapes.output, output: await operation.handle(input as never, context) };
}
