/** Whatever JSON a request has, the operation is refused in ECS's terms or gets an input that can be stored. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../api/ecs/catalogue.ts';
import { ecsShapeRefusals } from '../../../api/ecs/shape-refusals.ts';
import { operations } from '../../../api/ecs/operations/index.ts';
import type { OperationShapes } from '../../../api/protocol/catalogue.ts';
import { parseBody } from '../../../api/protocol/request-body.ts';
import type { Shape } from '../../../api/protocol/shapes.ts';
import { validateRequest } from '../../../api/protocol/validate-request.ts';
import { EcsError } from '../../../model/errors.ts';

/** Any UTF-16, including NUL and halves of surrogate pairs, and text that programs take for something else. */
const text = fc.oneof(
  { weight: 5, arbitrary: fc.string() },
  fc
    .array(fc.constantFrom('a', '\0', '\ud800', '\udc00', '\ufeff', '😀', '"'), { maxLength: 4 })
    .map((all) => all.join('')),
  fc.constantFrom('', '0', '-1', '1e400', '99999999999', 'toString', 'constructor', '__proto__', 'EC2'),
);
const name = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'length', '__type'));
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, 2 ** 31, 2 ** 53, 1e308));
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, number, fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
})).value;

/** Mostly values that fit a shape: the more of a request is right, the more checks it reaches. */
function fitting(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  const odd = { weight: 1, arbitrary: anything };
  return fc.oneof({ weight: 12, arbitrary: right(shape, depth) }, odd);
}

function right(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return shape.values === undefined ? text : fc.constantFrom(...shape.values);
    case 'integer':
      return fc.oneof(fc.integer(), fc.integer().map(String));
    case 'double':
    case 'timestamp':
      return number;
    case 'boolean':
      return fc.boolean();
    case 'blob':
      return fc.base64String();
    case 'document':
      return anything;
    case 'list':
      return depth > 6 ? fc.constant([]) : fc.array(fitting(shape.element, depth + 1), { maxLength: 2 });
    case 'map':
      return fc.dictionary(name, fitting(shape.value, depth + 1), { maxKeys: 2, noNullPrototype: true });
    case 'structure':
      return depth > 6
        ? fc.constant({})
        : fc.record(
            Object.fromEntries(shape.members.map((member) => [member.name, fitting(member.shape, depth + 1)])),
            { requiredKeys: shape.members.filter(({ required }) => required).map((member) => member.name) },
          );
  }
}

/** Returns the input that the operation gets, or the code of its refusal. Throws anything that is not a refusal. */
function received(shapes: OperationShapes, json: string): unknown {
  try {
    return { input: validateRequest(shapes, parseBody(Buffer.from(json)), ecsShapeRefusals) };
  } catch (error) {
    if (error instanceof EcsError) return error.code;
    throw error;
  }
}

const CODES = ['SerializationException', 'InvalidParameterException', 'ClientException', 'UnsupportedFeatureException'];

/** All texts of a value, including names of members. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsOf(member)]);
}

describe.each(operations.map(({ name: operation }) => operation))('%s', (operation) => {
  const shapes = ecsCatalogue.shapesOf(operation)!;

  it('gets an input that can be stored, or is refused', () => {
    const bodies = fc.oneof(anything, fitting(shapes.input)).map((body) => JSON.stringify(body));
    fc.assert(
      fc.property(bodies, (json) => {
        const result = received(shapes, json);
        if (typeof result === 'string') expect(CODES).toContain(result);
        else for (const found of textsOf(result)) expect(found).not.toMatch(/[\0\p{Surrogate}]/u);
      }),
      { numRuns: 60 },
    );
  });
});

describe('parseBody', () => {
  it('returns JSON or refuses, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          parseBody(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ name: 'EcsError', code: 'SerializationException' });
        }
      }),
    );
  });
});
