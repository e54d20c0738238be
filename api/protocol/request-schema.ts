/**
 * Derives zod schemas for requests from the API's shapes. They coerce values, drop members that the API does not have,
 * and explain mistakes.
 */
import { z } from 'zod';
import type { Shape, StructureShape } from './shapes.ts';

/** `99`, `-1` or `0`, but not `099`, `1.0`, `1e3` or ` 5`. */
const CANONICAL_INTEGER = /^(?:0|-?[1-9]\d{0,15})$/;

const integerOf = (value: unknown): unknown =>
  typeof value === 'string' && CANONICAL_INTEGER.test(value) ? Number(value) : value;

/** Reads epoch seconds, as clients send them, or ISO 8601 text. */
const dateOf = (value: unknown): unknown => {
  if (typeof value === 'number') return new Date(value * 1000);
  return typeof value === 'string' && value !== '' ? new Date(value) : value;
};

/** `null` stands for an absent member. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.values(value).includes(null)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
    : value;
}

const structures = new Map<StructureShape, z.ZodType>();

/** Returns the schema of a structure; always the same one for the same structure. */
export function requestSchema(shape: StructureShape): z.ZodType {
  const known = structures.get(shape);
  if (known !== undefined) return known;
  const members = Object.fromEntries(
    shape.members.map(({ name, required, shape: member }) => {
      const schema = schemaOf(member);
      return [name, required ? schema : schema.optional()];
    }),
  );
  const schema = z.preprocess(withoutNulls, z.object(members));
  structures.set(shape, schema);
  return schema;
}

function textSchema({ values, otherwise }: Extract<Shape, { readonly kind: 'string' }>): z.ZodType {
  if (values === undefined) return z.string();
  if (otherwise !== undefined) return z.string().transform((text) => (values.includes(text) ? text : otherwise));
  return z.string().refine((text) => values.includes(text), { params: { values } });
}

function schemaOf(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case 'string':
      return textSchema(shape);
    case 'integer':
      return z.preprocess(integerOf, shape.long === true ? z.int() : z.int32());
    case 'double':
      return z.number();
    case 'boolean':
      return z.boolean();
    case 'timestamp':
      return z.preprocess(dateOf, z.date());
    case 'blob':
      return z.base64().transform((text) => Buffer.from(text, 'base64'));
    case 'document':
      return z.unknown();
    case 'list':
      return z.array(schemaOf(shape.element));
    case 'map':
      return z.preprocess(withoutNulls, z.record(z.string(), schemaOf(shape.value)));
    case 'structure':
      return requestSchema(shape);
  }
}
