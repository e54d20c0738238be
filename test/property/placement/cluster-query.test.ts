/** Properties of cluster queries: parsing never fails in an unknown way, and the logic of expressions holds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributeNames,
  evaluateClusterQuery,
  groupNames,
  looksAtEveryGroup,
  parseClusterQuery,
} from '../../../model/cluster-query/index.ts';
import type { QueryInstance } from '../../../model/cluster-query/index.ts';
import { isEcsError } from '../../../model/errors.ts';

const RUNS = { numRuns: 1000 };

const instance: fc.Arbitrary<QueryInstance> = fc
  .record({
    attributes: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', '1', '2', '10', 'x', 't2.small')),
    agentConnected: fc.boolean(),
    agentVersion: fc.constantFrom('1.2.3', '1.10.0', '2.0'),
    registeredAt: fc.constantFrom(0, Date.UTC(2020, 0, 1), Date.UTC(2020, 0, 1, 12)),
    runningTasksCount: fc.nat(3),
    groups: fc.subarray(['g1', 'g2', 'g3']),
  })
  .map(({ attributes, groups, ...facts }) => ({
    ...facts,
    attribute: (name) => attributes[name],
    has: (name) => name in attributes,
    hasTaskOfGroup: (group) => groups.includes(group),
    taskGroups: () => groups,
  }));

const value = fc.constantFrom('1', '2', '10', 'x', 't2.small', "'two words'", '"quoted"');
const attributeSubject = fc.constantFrom('attribute:a', 'attribute:b', 'attribute:c', 'attribute:missing');
const list = fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => `[${values.join(', ')}]`);

/** Pairs of spellings of which the second means the opposite of the first. */
const OPPOSITES = [
  ['==', '!='],
  ['equals', 'not_equals'],
  ['in', '!in'],
  ['in', 'not_in'],
  ['=~', '!~'],
  ['matches', 'not_matches'],
  ['exists', '!exists'],
  ['exists', 'not_exists'],
] as const;

const argumentOf = (operator: string): fc.Arbitrary<string> => {
  if (operator === 'exists') return fc.constant('');
  if (operator === 'in') return list;
  if (operator === '=~' || operator === 'matches') return fc.constantFrom('t2.*', '[0-9]+', "'(1|x)'", 'x|1');
  return value;
};

/** A clause about an attribute, and its opposite. */
const clausePair = fc
  .tuple(attributeSubject, fc.constantFrom(...OPPOSITES))
  .chain(([subject, [plain, opposite]]) =>
    argumentOf(plain).map(
      (argument) => [`${subject} ${plain} ${argument}`, `${subject} ${opposite} ${argument}`] as const,
    ),
  );

const clause = fc.oneof(
  clausePair.chain((pair) => fc.constantFrom(...pair)),
  fc.tuple(attributeSubject, fc.constantFrom('>', '>=', '<', '<='), value).map((parts) => parts.join(' ')),
  fc.constantFrom(
    'agentConnected == true',
    'agentConnected !in [false]',
    'agentVersion > 1.9',
    'agentVersion != 2.0.0',
    'registeredAt >= 2020-01-01T06:00:00Z',
    'registeredAt == 2020-01-01',
    'runningTasksCount < 2',
    'task:group == g1',
    'task:group in [g2, g3]',
    'task:group !~ g[12]',
  ),
);

const expression: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    clause,
    fc.tuple(tie('any'), fc.constantFrom('and', '&&', 'or', '||', 'AND'), tie('any')).map((parts) => parts.join(' ')),
    tie('any').map((inner) => `(${inner})`),
    fc.tuple(fc.constantFrom('not ', '!', '! '), tie('any')).map(([not, inner]) => `${not}(${inner})`),
  ),
})).any;

const holds = (text: string, of: QueryInstance): boolean => evaluateClusterQuery(parseClusterQuery(text), of);

describe('parseClusterQuery', () => {
  const words = fc.constantFrom(
    ...['attribute:a', 'task:group', 'agentConnected', 'registeredAt', 'and', 'or', 'not', 'in', 'exists', 'x', '1.2'],
    ...['==', '!=', '=~', '!~', '>', '<=', '!', '&&', '||', '(', ')', '[', ']', ',', "'", '"', '{9}', '\\', '*', '🙂'],
  );
  it.each<[string, fc.Arbitrary<string>]>([
    ['any text', fc.string({ unit: 'binary', maxLength: 2100 })],
    ['pieces of queries', fc.array(words, { maxLength: 40 }).map((parts) => parts.join(' '))],
    ['pieces without spaces', fc.array(words, { maxLength: 40 }).map((parts) => parts.join(''))],
    ['any pattern', fc.string({ maxLength: 60 }).map((pattern) => `attribute:a =~ "${pattern.replaceAll('"', '')}"`)],
  ])('throws only EcsErrors that say Invalid expression: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, instance, (text, of) => {
        try {
          expect(typeof holds(text, of)).toBe('boolean');
        } catch (error) {
          if (!isEcsError(error)) throw error;
          expect(error.code).toBe('InvalidParameterException');
          expect(error.message).toMatch(/^Invalid expression: /);
        }
      }),
      RUNS,
    );
  });

  it('accepts every well-formed expression', () => {
    fc.assert(
      fc.property(expression, instance, (text, of) => {
        fc.pre(text.length <= 2000);
        expect(typeof holds(text, of)).toBe('boolean');
      }),
      RUNS,
    );
  });
});

describe('logic', () => {
  const short = expression.filter((text) => text.length < 600);
  it('an operator and its opposite never agree', () => {
    fc.assert(
      fc.property(clausePair, instance, ([plain, opposite], of) => {
        expect(holds(opposite, of)).toBe(!holds(plain, of));
        expect(holds(`not ${opposite}`, of)).toBe(holds(plain, of));
      }),
      RUNS,
    );
  });

  it('a double negation means the same, a single one the opposite', () => {
    fc.assert(
      fc.property(short, instance, (text, of) => {
        expect(holds(`not not (${text})`, of)).toBe(holds(text, of));
        expect(holds(`!(${text})`, of)).toBe(!holds(text, of));
      }),
      RUNS,
    );
  });

  it('and, or and De Morgan', () => {
    fc.assert(
      fc.property(short, short, instance, (a, b, of) => {
        const [x, y] = [holds(a, of), holds(b, of)];
        expect(holds(`(${a}) and (${b})`, of)).toBe(x && y);
        expect(holds(`(${a}) or (${b})`, of)).toBe(x || y);
        expect(holds(`not ((${a}) and (${b}))`, of)).toBe(holds(`not (${a}) or not (${b})`, of));
      }),
      RUNS,
    );
  });

  it('and binds more tightly than or', () => {
    fc.assert(
      fc.property(clause, clause, clause, instance, (a, b, c, of) => {
        expect(holds(`${a} or ${b} and ${c}`, of)).toBe(holds(`${a} or (${b} and ${c})`, of));
        expect(holds(`${a} and ${b} or ${c}`, of)).toBe(holds(`(${a} and ${b}) or ${c}`, of));
      }),
      RUNS,
    );
  });
});

describe('order', () => {
  it('exactly one of <, ==, > holds for counts, versions and times', () => {
    const comparand = fc.oneof(
      fc.nat(4).map((n) => ['runningTasksCount', `${n}`] as const),
      fc.constantFrom('1.2', '1.2.3', '1.10.0', '2').map((text) => ['agentVersion', text] as const),
      fc
        .constantFrom('1970-01-01', '2020-01-01', '2020-01-01T12:00:00Z')
        .map((text) => ['registeredAt', text] as const),
    );
    fc.assert(
      fc.property(comparand, instance, ([subject, text], of) => {
        const [below, at, above] = ['<', '==', '>'].map((operator) => holds(`${subject} ${operator} ${text}`, of));
        expect([below, at, above].filter(Boolean)).toHaveLength(1);
        expect(holds(`${subject} <= ${text}`, of)).toBe(!above);
        expect(holds(`${subject} >= ${text}`, of)).toBe(!below);
      }),
      RUNS,
    );
  });
});

describe('what a query reads', () => {
  it('evaluation reads nothing that was not named', () => {
    fc.assert(
      fc.property(expression, instance, (text, of) => {
        fc.pre(text.length <= 2000);
        const query = parseClusterQuery(text);
        const [attributes, groups] = [attributeNames(query), groupNames(query)];
        const watched: QueryInstance = {
          ...of,
          attribute: (name) => (expect(attributes).toContain(name), of.attribute(name)),
          has: (name) => (expect(attributes).toContain(name), of.has(name)),
          hasTaskOfGroup: (group) => (expect(groups).toContain(group), of.hasTaskOfGroup(group)),
          taskGroups: () => (expect(looksAtEveryGroup(query)).toBe(true), of.taskGroups()),
        };
        expect(evaluateClusterQuery(query, watched)).toBe(evaluateClusterQuery(query, of));
      }),
      RUNS,
    );
  });
});
