/** The lengths, ranges and patterns of members, which the SDK's schemas leave out: one table for each service. Pure. */
import { validationErrors, type Violation } from './validation-errors.ts';

/** `min` and `max`: of a number, or of the length of a text, of bytes or of a list. `pattern`: of a whole text. */
export interface Constraint {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  /** The value is a secret: no refusal shows it. */
  readonly hidden?: true;
}

/** By member: `Tags[].Key` is of the structures in a list. A name with an operation before it goes first. */
export type Constraints = Readonly<Record<string, Constraint>>;

interface Place {
  readonly operation: string;
  /** As in the table. */
  readonly name: string;
  /** As in AWS's messages: `Tags.1.member.Key`. */
  readonly path: string;
}

/** A check of an operation's input. It throws an error with the code, which names every value that breaks a constraint. */
export function constraintCheck(
  constraints: Constraints,
  { code }: { readonly code: string },
): (operation: string, input: object) => void {
  const patterns = new Map(
    Object.values(constraints).flatMap(({ pattern }) =>
      pattern === undefined ? [] : [[pattern, new RegExp(`^(?:${pattern})$`, 'u')]],
    ),
  );

  function inStructure(value: object, { operation, name, path }: Place): readonly Violation[] {
    const join = (before: string, member: string): string => (before === '' ? member : `${before}.${member}`);
    return Object.entries(value).flatMap(([member, inner]: [string, unknown]) =>
      inValue(inner, { operation, name: join(name, member), path: join(path, member) }),
    );
  }

  function inValue(value: unknown, place: Place): readonly Violation[] {
    const { operation, name, path } = place;
    const constraint = constraints[`${operation}.${name}`] ?? constraints[name];
    const hidden = constraint?.hidden === true;
    const own =
      constraint === undefined
        ? []
        : brokenBy(value, constraint).map((text) => ({ path, value, constraint: text, hidden }));
    if (Array.isArray(value)) {
      const inner = value.flatMap((element: unknown, index) =>
        inValue(element, { operation, name: `${name}[]`, path: `${path}.${index + 1}.member` }),
      );
      return [...own, ...inner];
    }
    const isStructure = typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
    return isStructure ? [...own, ...inStructure(value, place)] : own;
  }

  function brokenBy(value: unknown, { min, max, pattern }: Constraint): readonly string[] {
    const isNumber = typeof value === 'number';
    const size = isNumber ? value : sizeOf(value);
    if (size === undefined) return [];
    const what = isNumber ? 'Member must have value' : 'Member must have length';
    const broken: string[] = [];
    // What is too long is not searched.
    const isLong = max !== undefined && size > max;
    if (typeof value === 'string' && pattern !== undefined && !isLong && patterns.get(pattern)?.test(value) === false) {
      broken.push(`Member must satisfy regular expression pattern: ${pattern}`);
    }
    if (min !== undefined && size < min) broken.push(`${what} greater than or equal to ${min}`);
    if (isLong) broken.push(`${what} less than or equal to ${max}`);
    return broken;
  }

  return (operation, input) => {
    const violations = inStructure(input, { operation, name: '', path: '' });
    if (violations.length > 0) throw validationErrors(violations, code);
  };
}

const sizeOf = (value: unknown): number | undefined =>
  typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array ? value.length : undefined;
