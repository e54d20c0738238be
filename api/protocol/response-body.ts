/**
 * Writes an operation's output as data that is ready for JSON: only members that the API has, and times as epoch
 * seconds.
 */
import type { Shape, StructureShape } from './shapes.ts';

/** Epoch seconds with milliseconds as the fraction. */
const epochSeconds = (value: Date): number => value.getTime() / 1000;

/** The output as it is sent. Members that the shape does not have are dropped; absent ones are left out. */
export function responseBody(shape: StructureShape, output: unknown): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const members = (output ?? {}) as Readonly<Record<string, unknown>>;
  for (const { name, shape: member } of shape.members) {
    const value = members[name];
    if (value !== undefined && value !== null) body[name] = valueOf(member, value);
  }
  return body;
}

function valueOf(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return responseBody(shape, value);
    case 'list':
      return (value as readonly unknown[]).map((element) => valueOf(shape.element, element));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([key, member]) => [key, valueOf(shape.value, member)]),
      );
    case 'timestamp':
      return epochSeconds(value as Date);
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'string':
    case 'integer':
    case 'double':
    case 'boolean':
    case 'document':
      return value;
  }
}
