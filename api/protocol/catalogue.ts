/** All operations of one AWS service with the shapes of their requests and responses, read from its SDK package. */
import type { ShapeDetails, StructureShape } from './shapes.ts';
import { ShapeReader } from './shapes.ts';

/** Type code of an operation in the SDK's schemas: `[9, namespace, name, traits, input, output]`. */
const OPERATION = 9;

export interface OperationShapes {
  readonly name: string;
  readonly input: StructureShape;
  readonly output: StructureShape;
}

export class Catalogue {
  /** The names of all operations of the service, in alphabetical order. */
  readonly names: readonly string[];
  readonly #schemas = new Map<string, readonly unknown[]>();
  readonly #shapes = new Map<string, OperationShapes>();
  readonly #reader: ShapeReader;

  /** `sdk` is the SDK package of the service as a module. */
  constructor(sdk: object, details: ShapeDetails = {}) {
    for (const exported of Object.values(sdk) as unknown[]) {
      if (Array.isArray(exported) && exported[0] === OPERATION) this.#schemas.set(exported[2] as string, exported);
    }
    this.names = [...this.#schemas.keys()].sort();
    this.#reader = new ShapeReader(details);
  }

  /** Returns the shapes of an operation, which are read at first use; undefined if the service has no such operation. */
  shapesOf(name: string): OperationShapes | undefined {
    const known = this.#shapes.get(name);
    if (known !== undefined) return known;
    const schema = this.#schemas.get(name);
    if (schema === undefined) return undefined;
    const read = { name, input: this.#structure(schema[4]), output: this.#structure(schema[5]) };
    this.#shapes.set(name, read);
    return read;
  }

  #structure(schema: unknown): StructureShape {
    const shape = this.#reader.read(schema);
    if (shape.kind === 'structure') return shape;
    throw new Error('The SDK has an operation whose input or output is not a structure.');
  }
}
