/** The Condition element: every operator and every key in it must hold. */
import type { Context } from './context.ts';
import { objectAt, scalarsAt } from './elements.ts';
import { MalformedPolicyDocument, syntaxError } from './malformed.ts';
import type { Operator } from './operators.ts';
import { OPERATORS } from './operators.ts';
import { allOf } from './tests.ts';

export interface Condition {
  readonly test: (context: Context) => boolean;
  /** The condition keys that it looks at, in lower case, those of variables included. */
  readonly keys: readonly string[];
}

/** The whole element. */
export interface Conditions extends Condition {
  /** The first part that does not hold, as it is written: `StringEquals aws:username`; undefined if all of them hold. */
  readonly unmet: (context: Context) => string | undefined;
}

type SetOperator = 'ForAllValues' | 'ForAnyValue';

interface Qualified {
  readonly operator: Operator;
  readonly set: SetOperator | undefined;
  readonly ifExists: boolean;
}

const QUALIFIED = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

function readOperator(name: string, where: string): Qualified {
  const [, set, base = '', ifExists] = QUALIFIED.exec(name) ?? [];
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (operator === undefined) throw syntaxError(`${where} has the unknown condition operator '${name}'.`);
  return { operator, set: set as SetOperator | undefined, ifExists: ifExists !== undefined };
}

/** Reads the element. Throws MalformedPolicyDocument. `variables`: whether the version of the document has them. */
export function readCondition(element: unknown, where: string, variables: boolean): Conditions {
  const conditions = Object.entries(objectAt(element, `Condition of ${where}`)).flatMap(([name, keys]) => {
    const read = name === 'Null' ? readNull : valueReader(readOperator(name, where), variables);
    return Object.entries(objectAt(keys, `${name} of ${where}`)).map(([key, values]) => {
      checkKey(key);
      return { ...read(key.toLowerCase(), scalarsAt(values, `${name} ${key} of ${where}`)), name: `${name} ${key}` };
    });
  });
  return {
    test: allOf(conditions.map(({ test }) => test)),
    keys: conditions.flatMap(({ keys }) => keys),
    unmet: (context) => conditions.find(({ test }) => !test(context))?.name,
  };
}

function checkKey(key: string): void {
  if (!/^[^:\s]+:./.test(key)) {
    throw new MalformedPolicyDocument(
      `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: '${key}' is not.`,
    );
  }
}

/** Null: `true` if the request must not have the key, `false` if it must. */
function readNull(key: string, values: readonly string[]): Condition {
  const wanted = values.map((value) => {
    if (value !== 'true' && value !== 'false') throw syntaxError(`Null of ${key} must be true or false.`);
    return value === 'true';
  });
  return { test: (context) => wanted.includes(context.values(key) === undefined), keys: [key] };
}

/** A null data set, to the set operators: empty texts only. */
const isNull = (values: readonly string[]): boolean => values[0] === '' && values.every((value) => value === '');

const valueReader =
  ({ operator, set, ifExists }: Qualified, variables: boolean) =>
  (key: string, texts: readonly string[]): Condition => {
    const { test: matches, keys } = operator.read(texts, variables);
    const { negated } = operator;
    const some = (values: readonly string[], context: Context, wanted: boolean): boolean => {
      for (const value of values) if (matches(value, context) === wanted) return true;
      return false;
    };
    const absent = ifExists || set === 'ForAllValues' || (set === undefined && negated);
    const test = (context: Context): boolean => {
      const values = context.values(key);
      if (values === undefined) return absent;
      switch (set) {
        case 'ForAllValues':
          return isNull(values) || !some(values, context, negated);
        case 'ForAnyValue':
          return !isNull(values) && some(values, context, !negated);
        case undefined:
          // AWS asks for a set operator with several values. Without one, a negated operator stays the opposite of the other.
          return some(values, context, true) !== negated;
      }
    };
    return { test, keys: [key, ...keys] };
  };
