/** All operations of the ECS API with the shapes of their requests and responses, read from the SDK's exports. */
import * as sdk from '@aws-sdk/client-ecs';
import type { StructureShape } from './shapes.ts';
import { shapeOf } from './shapes.ts';

/** The part of X-Amz-Target before the operation's name. */
export const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.';

/** Type code of an operation in the SDK's schemas: `[9, namespace, name, traits, input, output]`. */
const OPERATION = 9;

export interface OperationShapes {
  readonly name: string;
  readonly input: StructureShape;
  readonly output: StructureShape;
}

function structure(schema: unknown): StructureShape {
  const shape = shapeOf(schema);
  if (shape.kind !== 'structure') throw new Error('The SDK has an operation whose input or output is not a structure.');
  return shape;
}

const schemas = new Map<string, readonly unknown[]>();
for (const exported of Object.values(sdk) as unknown[]) {
  if (Array.isArray(exported) && exported[0] === OPERATION) schemas.set(exported[2] as string, exported);
}

/** The names of all operations of the API, in alphabetical order. */
export const OPERATION_NAMES: readonly string[] = [...schemas.keys()].sort();

const shapes = new Map<string, OperationShapes>();

/** Returns the shapes of an operation, which are read at first use; undefined if the API has no such operation. */
export function operationShapes(name: string): OperationShapes | undefined {
  const known = shapes.get(name);
  if (known !== undefined) return known;
  const schema = schemas.get(name);
  if (schema === undefined) return undefined;
  const read = { name, input: structure(schema[4]), output: structure(schema[5]) };
  shapes.set(name, read);
  return read;
}
