/**
 * The shapes of an AWS service's API, read from the schemas that its SDK package exports. The SDK writes them compactly:
 * `[3, namespace, name, traits, memberNames, memberSchemas, requiredCount?]` is a structure whose first `requiredCount`
 * members are required, 0 a string, 1 a number, `64 | 0` a list of strings, and so on. Only this file knows that form.
 */
import { defined } from '../../model/defined.ts';

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
  readonly sensitive?: true;
}

/** `sensitive`: what it holds is not for logs. */
export type Shape = PlainShape & { readonly sensitive?: true };

type PlainShape =
  | {
      readonly kind: 'string';
      readonly values?: readonly string[];
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

/** What the schemas do not say about members, each named `Structure.member`. */
export interface ShapeDetails {
  /** The numbers that are not integers; the schemas only say "number". */
  readonly doubles?: ReadonlySet<string>;
  /** The integers that need more than 32 bits. */
  readonly longs?: ReadonlySet<string>;
  /** The values that a text may have; undefined if it is not an enum. The schemas only say "string". */
  readonly valuesOf?: (path: string) => readonly string[] | undefined;
  /** The value that a value outside a member's enum counts as; undefined if it is refused. */
  readonly otherwiseOf?: (path: string) => string | undefined;
}

type Schema = string | number | readonly unknown[] | (() => Schema);

/** The bit of the trait `sensitive`, where traits are a number. */
const SENSITIVE = 8;

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

/** Reads the shapes of one service. The same structure of the SDK is always the same shape. */
export class ShapeReader {
  readonly #details: ShapeDetails;
  readonly #structures = new Map<readonly unknown[], StructureShape>();

  constructor(details: ShapeDetails) {
    this.#details = details;
  }

  /** Returns the shape of one of the SDK's schemas. `of` is `Structure.member` if the schema belongs to a member. */
  read(schema: unknown, of = ''): Shape {
    const shape = this.#read(schema, of);
    return shape.sensitive === true || !isSensitive(schema as Schema) ? shape : { ...shape, sensitive: true };
  }

  #read(schema: unknown, of: string): Shape {
    const resolved = resolve(schema as Schema);
    if (typeof resolved === 'number') return this.#simple(resolved, of);
    if (typeof resolved === 'string') return { kind: 'structure', name: 'Unit', union: false, members: [] };
    switch (resolved[0]) {
      case SIMPLE:
        return this.read(resolved[4], of);
      case LIST:
        return { kind: 'list', element: this.read(resolved[4], of) };
      case MAP:
        return { kind: 'map', value: this.read(resolved[5], of) };
      case STRUCTURE:
      case UNION:
      case ERROR:
        return this.#structure(resolved);
      default:
        throw new Error(`The SDK has a schema of an unknown kind: ${JSON.stringify(resolved[0])} for ${of}.`);
    }
  }

  #simple(code: number, of: string): Shape {
    if ((code & MAP_OF) !== 0) return { kind: 'map', value: this.#simple(code & ~MAP_OF, of) };
    if ((code & LIST_OF) !== 0) return { kind: 'list', element: this.#simple(code & ~LIST_OF, of) };
    const shape = SIMPLE_SHAPES[code];
    if (shape === undefined) throw new Error(`The SDK has a schema of an unknown type: ${code} for ${of}.`);
    const { doubles, longs, valuesOf, otherwiseOf } = this.#details;
    if (shape.kind === 'integer' && doubles?.has(of) === true) return { kind: 'double' };
    if (shape.kind === 'integer' && longs?.has(of) === true) return { kind: 'integer', long: true };
    const values = shape.kind === 'string' ? valuesOf?.(of) : undefined;
    if (values === undefined) return shape;
    return { kind: 'string', values, ...defined({ otherwise: otherwiseOf?.(of) }) };
  }

  #structure(schema: readonly unknown[]): StructureShape {
    const known = this.#structures.get(schema);
    if (known !== undefined) return known;
    const name = schema[2] as string;
    const names = schema[4] as readonly string[];
    const types = schema[5] as readonly unknown[];
    const required = typeof schema[6] === 'number' ? schema[6] : 0;
    const members: Member[] = [];
    const sensitive = isSensitive(schema) ? ({ sensitive: true } as const) : {};
    const shape: StructureShape = { kind: 'structure', name, union: schema[0] === UNION, members, ...sensitive };
    this.#structures.set(schema, shape);
    names.forEach((member, index) => {
      members.push({ name: member, required: index < required, shape: this.read(types[index], `${name}.${member}`) });
    });
    return shape;
  }
}

/** Whether the traits of a schema, or those of a member that has it, say that it is sensitive. */
function isSensitive(schema: Schema): boolean {
  if (typeof schema === 'function') return isSensitive(schema());
  if (!Array.isArray(schema)) return false;
  if (schema.length === 2) return hasSensitive(schema[1]) || isSensitive(schema[0] as Schema);
  return hasSensitive(schema[3]);
}

const hasSensitive = (traits: unknown): boolean =>
  typeof traits === 'number'
    ? (traits & SENSITIVE) !== 0
    : typeof traits === 'object' && traits !== null && 'sensitive' in traits;

/** Follows functions (late references) and `[schema, traits]` pairs (members with their own traits). */
function resolve(schema: Schema): string | number | readonly unknown[] {
  if (typeof schema === 'function') return resolve(schema());
  if (Array.isArray(schema) && schema.length === 2) return resolve(schema[0] as Schema);
  return schema;
}
