/**
 * The shapes of the ECS API, read from the schemas that `@aws-sdk/client-ecs` exports. The SDK writes them compactly:
 * `[3, namespace, name, traits, memberNames, memberSchemas, requiredCount?]` is a structure whose first `requiredCount`
 * members are required, 0 a string, 1 a number, `64 | 0` a list of strings, and so on. Only this file knows that form.
 */
import { defined } from '../../model/defined.ts';
import type { EnumValues } from './enum-members.ts';
import { enumOf, otherwiseOf } from './enum-members.ts';

interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
}

export interface StructureShape {
  readonly kind: 'structure';
  readonly name: string;
  /** A union has exactly one of its members. */
  readonly union: boolean;
  readonly members: readonly Member[];
}

export type Shape =
  | {
      readonly kind: 'string';
      readonly values?: EnumValues;
      /** The value that any other value counts as. */
      readonly otherwise?: string;
    }
  | { readonly kind: 'integer'; /** Whether it needs 64 bits. */ readonly long?: true }
  | { readonly kind: 'double' | 'boolean' | 'timestamp' | 'blob' | 'document' }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'map'; readonly value: Shape }
  | StructureShape;

/** Type codes of the SDK's schemas: the first element of an array schema, or a number by itself. */
const SIMPLE = 0;
const LIST = 1;
const MAP = 2;
const STRUCTURE = 3;
const UNION = 4;
const ERROR = -3;
const LIST_OF = 64;
const MAP_OF = 128;

/** The schemas only say "number". All numbers of the API are integers except these, by `Structure.member`. */
const DOUBLES = new Set([
  'Resource.doubleValue',
  'Scale.value',
  'LinearConfiguration.stepPercent',
  'CanaryConfiguration.canaryPercent',
  'DaemonDeploymentConfiguration.drainPercent',
  'MemoryGiBPerVCpuRequest.min',
  'MemoryGiBPerVCpuRequest.max',
  'NetworkBandwidthGbpsRequest.min',
  'NetworkBandwidthGbpsRequest.max',
  'TotalLocalStorageGBRequest.min',
  'TotalLocalStorageGBRequest.max',
]);
/** Integers of requests that need more than 32 bits. */
const LONGS = new Set(['Resource.longValue']);

type Schema = string | number | readonly unknown[] | (() => Schema);

const SIMPLE_SHAPES: Readonly<Record<number, Shape>> = {
  0: { kind: 'string' },
  1: { kind: 'integer' },
  2: { kind: 'boolean' },
  4: { kind: 'timestamp' },
  5: { kind: 'timestamp' },
  7: { kind: 'timestamp' },
  15: { kind: 'document' },
  21: { kind: 'blob' },
};

const structures = new Map<readonly unknown[], StructureShape>();

/** Returns the shape of one of the SDK's schemas. `of` is `Structure.member` if the schema belongs to a member. */
export function shapeOf(schema: unknown, of = ''): Shape {
  const resolved = resolve(schema as Schema);
  if (typeof resolved === 'number') return simpleShape(resolved, of);
  if (typeof resolved === 'string') return { kind: 'structure', name: 'Unit', union: false, members: [] };
  switch (resolved[0]) {
    case SIMPLE:
      return shapeOf(resolved[4], of);
    case LIST:
      return { kind: 'list', element: shapeOf(resolved[4], of) };
    case MAP:
      return { kind: 'map', value: shapeOf(resolved[5], of) };
    case STRUCTURE:
    case UNION:
    case ERROR:
      return structureOf(resolved);
    default:
      throw new Error(`The SDK has a schema of an unknown kind: ${JSON.stringify(resolved[0])} for ${of}.`);
  }
}

/** Follows functions (late references) and `[schema, traits]` pairs (members with their own traits). */
function resolve(schema: Schema): string | number | readonly unknown[] {
  if (typeof schema === 'function') return resolve(schema());
  if (Array.isArray(schema) && schema.length === 2) return resolve(schema[0] as Schema);
  return schema;
}

function simpleShape(code: number, of: string): Shape {
  if ((code & MAP_OF) !== 0) return { kind: 'map', value: simpleShape(code & ~MAP_OF, of) };
  if ((code & LIST_OF) !== 0) return { kind: 'list', element: simpleShape(code & ~LIST_OF, of) };
  const shape = SIMPLE_SHAPES[code];
  if (shape === undefined) throw new Error(`The SDK has a schema of an unknown type: ${code} for ${of}.`);
  if (shape.kind === 'integer' && DOUBLES.has(of)) return { kind: 'double' };
  if (shape.kind === 'integer' && LONGS.has(of)) return { kind: 'integer', long: true };
  const values = shape.kind === 'string' ? enumOf(of) : undefined;
  const otherwise = otherwiseOf(of);
  if (values === undefined) return shape;
  return { kind: 'string', values, ...defined({ otherwise }) };
}

function structureOf(schema: readonly unknown[]): StructureShape {
  const known = structures.get(schema);
  if (known !== undefined) return known;
  const name = schema[2] as string;
  const names = schema[4] as readonly string[];
  const types = schema[5] as readonly unknown[];
  const required = typeof schema[6] === 'number' ? schema[6] : 0;
  const members: Member[] = [];
  const shape: StructureShape = { kind: 'structure', name, union: schema[0] === UNION, members };
  structures.set(schema, shape);
  names.forEach((member, index) => {
    members.push({ name: member, required: index < required, shape: shapeOf(types[index], `${name}.${member}`) });
  });
  return shape;
}
