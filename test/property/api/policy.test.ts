/** Promises of the policy evaluator: it agrees with a naive twin, and a change of the policies has the effect that it must. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessRequest, decide, type PolicySet, type Verdict } from '../../../api/auth/policy/decide.ts';
import type { ContextValues } from '../../../api/auth/policy/context.ts';
import { type Policy, readPolicy } from '../../../api/auth/policy/document.ts';
import type { Principal } from '../../../api/auth/policy/principals.ts';
import type { DocumentKind } from '../../../api/auth/policy/statement.ts';
import { defined } from '../../../model/defined.ts';
import { naiveDecision, type NaivePolicies, type NaiveStatement, resourceMatches } from './naive-policy.ts';

const RUNS = { numRuns: 400 };

const ACCOUNT = '111122223333';
const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/a`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/r`;
const SESSION_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`;

const some = <T>(...values: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

const tags = fc.option(fc.record({ team: fc.constantFrom('a', 'b', '*', 'a:b') }), { nil: {} });
const principal: fc.Arbitrary<Principal> = fc.oneof(
  tags.map((own) => ({ kind: 'user' as const, arn: USER_ARN, account: ACCOUNT, tags: { ...own } })),
  tags.map((own) => ({
    kind: 'assumed-role' as const,
    arn: SESSION_ARN,
    account: ACCOUNT,
    roleArn: ROLE_ARN,
    tags: { ...own },
  })),
);

const ecs = (tail: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${tail}`;

/** Keys with the values that requests have for them, and the operators and values that policies compare them with. */
const KEYS: readonly {
  readonly key: string;
  readonly values: readonly string[];
  readonly operators: readonly string[];
  readonly wanted: readonly string[];
}[] = [
  {
    key: 'app:Text',
    values: ['', 'a', 'A', 'b', 'ab', 'a*', 'x:a'],
    operators: [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    wanted: [
      '',
      'a',
      'b',
      'a*',
      '*b',
      '?',
      '${aws:PrincipalTag/team}',
      "${aws:PrincipalTag/team, 'b'}",
      'a${*}',
      '${app:Text}',
    ],
  },
  {
    key: 'app:Number',
    values: ['1', '2', '10', '1.0'],
    operators: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals'],
    wanted: ['1', '2', '9.5'],
  },
  {
    key: 'app:Date',
    values: ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z'],
    operators: ['DateEquals', 'DateNotEquals', 'DateLessThanEquals', 'DateGreaterThan'],
    wanted: ['2026', '2026-01-01T01:00:00+01:00', '2026-03-01'],
  },
  { key: 'app:Truth', values: ['true', 'false'], operators: ['Bool'], wanted: ['true', 'false'] },
  {
    key: 'app:Address',
    values: ['10.0.0.1', '10.0.1.1', '192.0.2.1'],
    operators: ['IpAddress', 'NotIpAddress'],
    wanted: ['10.0.0.0/24', '10.0.0.0/8', '192.0.2.1', '0.0.0.0/0', '10.0.0.0/31'],
  },
  {
    key: 'app:Arn',
    values: [ecs('cluster/a'), ecs('task-definition/a:1'), 'arn:aws:ecs:::a:b'],
    operators: ['ArnLike', 'ArnNotLike', 'ArnEquals', 'ArnNotEquals'],
    wanted: [
      'arn:aws:ecs:*:*:*',
      'arn:aws:ecs:*:*:cluster/${aws:PrincipalTag/team}',
      'arn:*:e?s:us-*:*:task-definition/*',
      ecs('cluster/a'),
    ],
  },
];

const values = fc
  .record(
    Object.fromEntries(
      KEYS.map(({ key, values: known }) => [
        key,
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...known) },
          fc.array(fc.constantFrom(...known), { maxLength: 3 }),
        ),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((record) => defined(record) as ContextValues);

const request: fc.Arbitrary<AccessRequest> = fc.record({
  principal,
  action: fc.constantFrom('ecs:RunTask', 'ecs:ListTasks', 'iam:PassRole'),
  resource: fc.constantFrom(
    '*',
    ecs('cluster/a'),
    ecs('cluster/b'),
    ecs('task-definition/a:1'),
    ecs('service/a/b'),
    ROLE_ARN,
  ),
  context: values,
  now: fc.constant(Date.UTC(2026, 0, 1)),
});

const condition = fc
  .array(
    fc.constantFrom(...KEYS).chain(({ key, operators, wanted }) =>
      fc.oneof(
        {
          weight: 6,
          arbitrary: fc
            .tuple(
              fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
              fc.constantFrom(...operators),
              fc.constantFrom('', '', 'IfExists'),
            )
            .chain(([set, operator, ifExists]) =>
              some(...wanted).map((list) => [`${set}${operator}${ifExists}`, key, list] as const),
            ),
        },
        some('true', 'false').map((list) => ['Null', key, list] as const),
      ),
    ),
    { maxLength: 2 },
  )
  .map((parts) => {
    const byOperator: Record<string, Record<string, readonly string[]>> = {};
    for (const [operator, key, list] of parts) (byOperator[operator] ??= {})[key] = list;
    return byOperator;
  });

const actions = some('*', 'ecs:*', 'ecs:RunTask', 'ECS:run*', 'ecs:????Task*', 'iam:*', '*:List*');
const resources = some(
  ...[
    '*',
    'arn:aws:ecs:*',
    ecs('*'),
    ecs('cluster/*'),
    ecs('cluster/a'),
    ecs('*/a*'),
    'arn:aws:ecs:us-*-1:*:cluster/?',
  ],
  ...['arn:aws:ecs:*:cluster/a', ecs('task-definition/a:*'), ecs('cluster/${aws:PrincipalTag/team}'), 'arn:aws:iam:*'],
  ...[ecs("cluster/${aws:PrincipalTag/team, 'b'}"), 'arn:aws:e?s:*:*:service/*'],
);

/** The element, or in some statements the one that begins with Not. */
const named = (
  name: 'Action' | 'Resource',
  list: fc.Arbitrary<readonly string[]>,
): fc.Arbitrary<Partial<NaiveStatement>> =>
  fc.oneof(
    { weight: 4, arbitrary: list.map((each) => ({ [name]: each })) },
    list.map((each) => ({ [`Not${name}`]: each })),
  );

const effect = fc.oneof({ weight: 5, arbitrary: fc.constant('Allow') }, fc.constant('Deny'));

const statement: fc.Arbitrary<NaiveStatement> = fc
  .tuple(effect, named('Action', actions), named('Resource', resources), fc.option(condition, { nil: {} }))
  .map(([Effect, action, resource, Condition]) => ({ ...action, ...resource, Effect, Condition }));

const principals = some('*', ACCOUNT, '444455556666', USER_ARN, ROLE_ARN, SESSION_ARN);
const trustStatement: fc.Arbitrary<NaiveStatement> = fc
  .tuple(effect, fc.option(condition, { nil: {} }), principals)
  .map(([Effect, Condition, AWS]) => ({ Effect, Action: ['sts:AssumeRole'], Condition, Principal: { AWS } }));
const resourceStatement: fc.Arbitrary<NaiveStatement> = fc
  .tuple(statement, principals)
  .map(([own, AWS]) => ({ ...own, Principal: { AWS } }));

const statements = (of: fc.Arbitrary<NaiveStatement>): fc.Arbitrary<readonly NaiveStatement[]> =>
  fc.array(of, { minLength: 1, maxLength: 3 });

const policies: fc.Arbitrary<NaivePolicies> = fc.record({
  identity: fc.array(statement, { maxLength: 4 }),
  boundary: fc.option(statements(statement), { nil: undefined }),
  session: fc.option(statements(statement), { nil: undefined }),
  resource: fc.option(
    fc.oneof(
      statements(resourceStatement).map((list) => ({ type: 'resource' as const, statements: list })),
      statements(trustStatement).map((list) => ({ type: 'trust' as const, statements: list })),
    ),
    { nil: undefined },
  ),
});

/** A request that a trust policy is asked about has an action for it. */
const fitting = (asked: AccessRequest, given: NaivePolicies): AccessRequest =>
  given.resource?.type === 'trust' ? { ...asked, action: 'sts:AssumeRole', resource: ROLE_ARN } : asked;

const read = (kind: DocumentKind, list: readonly NaiveStatement[]): Policy =>
  readPolicy(kind, kind, JSON.stringify({ Version: '2012-10-17', Statement: list }));

const compiled = (given: NaivePolicies): PolicySet => ({
  identity: given.identity.map((each) => read('managed', [each])),
  ...(given.boundary && { boundary: read('managed', given.boundary) }),
  ...(given.session && { session: [read('session', given.session)] }),
  ...(given.resource && {
    resource: { type: given.resource.type, policy: read(given.resource.type, given.resource.statements) },
  }),
});

const told = (verdict: Verdict): string => {
  if (verdict.decision === 'allowed') return 'allowed';
  return verdict.decision === 'explicitDeny' ? `denied by ${verdict.by.type}` : `no ${verdict.missing}`;
};
const decision = (asked: AccessRequest, given: NaivePolicies): string =>
  told(decide(fitting(asked, given), compiled(given)));

/** Every way to put a statement into policies that are there already. */
function withStatement(given: NaivePolicies, added: NaiveStatement): readonly NaivePolicies[] {
  return [
    { ...given, identity: [...given.identity, added] },
    ...(given.boundary ? [{ ...given, boundary: [added, ...given.boundary] }] : []),
    ...(given.session ? [{ ...given, session: [...given.session, added] }] : []),
  ];
}

describe('the evaluator', () => {
  it('agrees with its naive twin', () => {
    fc.assert(
      fc.property(request, policies, (asked, given) => {
        expect(decision(asked, given)).toBe(naiveDecision(fitting(asked, given), given));
      }),
      { numRuns: 1_500 },
    );
  });

  it('is asked for every kind of verdict by the test above', () => {
    const drawn = fc.sample(fc.tuple(request, policies), { seed: 1, numRuns: 1_500 });
    const seen = new Set(drawn.map(([asked, given]) => decision(asked, given)));
    const kinds = ['identity', 'boundary', 'session', 'trust', 'resource'];
    expect([...seen].toSorted()).toEqual(
      [
        'allowed',
        ...kinds.map((kind) => `denied by ${kind}`),
        ...kinds.slice(0, 4).map((kind) => `no ${kind}`),
      ].toSorted(),
    );
  });

  it('matches resources as the twin does', () => {
    const pieces = fc.array(fc.constantFrom('a', 'b', ':', '*', '?', 'ab', '::'), { maxLength: 12 });
    const texts = fc.array(fc.constantFrom('a', 'b', ':', 'ab', '*'), { maxLength: 14 });
    const asked: AccessRequest = {
      principal: { kind: 'user', arn: USER_ARN, account: ACCOUNT },
      action: 'a:b',
      resource: '*',
      context: {},
      now: 0,
    };
    fc.assert(
      fc.property(pieces, texts, (pattern, text) => {
        const [wanted, resource] = [`arn:aws:${pattern.join('')}`, `arn:aws:${text.join('')}`];
        const own = read('managed', [{ Effect: 'Allow', Action: ['*'], Resource: [wanted] }]);
        const { decision: found } = decide({ ...asked, resource }, { identity: [own] });
        expect(found === 'allowed').toBe(resourceMatches(wanted, resource, {}));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a change of the policies', () => {
  it('that adds a Deny allows nothing', () => {
    fc.assert(
      fc.property(request, policies, statement, (asked, given, added) => {
        fc.pre(decision(asked, given) !== 'allowed');
        for (const changed of withStatement(given, { ...added, Effect: 'Deny' })) {
          expect(decision(asked, changed)).not.toBe('allowed');
        }
      }),
      RUNS,
    );
  });

  it('that adds an Allow denies nothing, and lifts no explicit deny', () => {
    fc.assert(
      fc.property(request, policies, statement, (asked, given, added) => {
        const before = decision(asked, given);
        for (const changed of withStatement(given, { ...added, Effect: 'Allow' })) {
          const after = decision(asked, changed);
          if (before === 'allowed' || before.startsWith('denied')) expect(after).toBe(before);
          else expect(after).not.toMatch(/^denied/);
        }
      }),
      RUNS,
    );
  });

  it('that sets a boundary or a session policy allows nothing', () => {
    fc.assert(
      fc.property(request, policies, statements(statement), (asked, given, limit) => {
        fc.pre(decision(asked, given) !== 'allowed');
        if (given.boundary === undefined) expect(decision(asked, { ...given, boundary: limit })).not.toBe('allowed');
        if (given.session === undefined) expect(decision(asked, { ...given, session: limit })).not.toBe('allowed');
      }),
      RUNS,
    );
  });

  it('of their order changes nothing', () => {
    fc.assert(
      fc.property(request, policies, (asked, given) => {
        const turned: NaivePolicies = {
          identity: given.identity.toReversed(),
          boundary: given.boundary?.toReversed(),
          session: given.session?.toReversed(),
          resource: given.resource && { ...given.resource, statements: given.resource.statements.toReversed() },
        };
        expect(decision(asked, turned)).toBe(decision(asked, given));
      }),
      RUNS,
    );
  });

  it('that splits lists of actions and resources changes nothing', () => {
    fc.assert(
      fc.property(request, fc.array(statement, { maxLength: 4 }), (asked, identity) => {
        const split = identity.flatMap((each) =>
          (each.Action ?? [undefined]).flatMap((action) =>
            (each.Resource ?? [undefined]).map((resource) => ({
              ...each,
              ...(action === undefined ? {} : { Action: [action] }),
              ...(resource === undefined ? {} : { Resource: [resource] }),
            })),
          ),
        );
        expect(decision(asked, { identity: split })).toBe(decision(asked, { identity }));
      }),
      RUNS,
    );
  });
});

describe('a condition', () => {
  it('with a negated operator is the opposite of the one with the other', () => {
    const pairs = KEYS.flatMap(({ key, operators, wanted }) =>
      operators.filter((name) => name.includes('Not')).map((negated) => ({ key, negated, wanted })),
    );
    const asked = fc
      .tuple(request, fc.constantFrom(...pairs))
      .chain(([own, { key, negated, wanted }]) => some(...wanted).map((list) => ({ own, key, negated, list })));
    fc.assert(
      fc.property(asked, ({ own, key, negated, list }) => {
        const holds = (operator: string): boolean =>
          decision(own, {
            identity: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'], Condition: { [operator]: { [key]: list } } }],
          }) === 'allowed';
        expect(holds(negated)).toBe(!holds(negated.replace('Not', '')));
      }),
      RUNS,
    );
  });
});

describe('readPolicy', () => {
  const pieces = fc.constantFrom(
    ...[
      'Version',
      'Statement',
      'Effect',
      'Allow',
      'Action',
      'Resource',
      'Condition',
      'StringLike',
      'Null',
      'aws:username',
    ],
    ...[
      '*',
      '2012-10-17',
      '${',
      '${a:b}',
      "${a:b, 'c'}",
      'arn:aws:ecs:*',
      'Principal',
      'AWS',
      'sts:AssumeRole',
      'IpAddress',
      '::/0',
    ],
  );
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      pieces,
      fc.constantFrom(true, 7, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(pieces, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const kinds = fc.constantFrom<DocumentKind>('managed', 'inline', 'session', 'trust', 'resource');
  const likely = json.map((value) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: value },
    }),
  );

  it('refuses in words of its own, whatever the text', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.oneof(
          fc.string({ unit: 'binary' }),
          json.map((value) => JSON.stringify(value)),
          likely,
        ),
        (kind, text) => {
          try {
            readPolicy(kind, 'policy', text);
          } catch (error) {
            expect(error).toHaveProperty('name', 'MalformedPolicyDocument');
          }
        },
      ),
      RUNS,
    );
  });
});
