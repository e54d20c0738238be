/** How long one decision over many policy statements takes. */
import type { AccessRequest } from '../api/auth/policy/decide.ts';
import { decide } from '../api/auth/policy/decide.ts';
import type { Policy } from '../api/auth/policy/document.ts';
import { readPolicy } from '../api/auth/policy/document.ts';
import { median } from './row.ts';

const STATEMENTS = 200;
const STATEMENTS_PER_POLICY = 20;
const ROUNDS = 2_001;
/**
 * An api process decides all day, so rounds before the compiler has optimised the code do not count. After 2,000 rounds it has not
 * yet: after some 5,000 a round takes little more than half of that time.
 */
const WARM_UP_ROUNDS = 10_000;

const REQUEST: AccessRequest = {
  principal: {
    kind: 'user',
    arn: 'arn:aws:iam::000000000000:user/ann',
    account: '000000000000',
    userId: 'AIDA0000000000000000A',
    tags: { team: 'web' },
  },
  action: 'ecs:RunTask',
  resource: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web-frontend:17',
  context: {
    'ecs:cluster': 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
    'aws:SourceIp': '192.0.2.17',
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': 'us-east-1',
    'aws:TagKeys': ['team', 'stage'],
    'aws:RequestTag/team': 'web',
    'aws:RequestTag/stage': 'test',
  },
  now: 1_800_000_000_000,
};

/** Every kind of statement takes the action; each is settled by its resource or by its last condition, none applies. */
const kinds = (n: number): readonly Readonly<Record<string, unknown>>[] => [
  { Action: 'ecs:RunTask', Resource: `arn:aws:ecs:us-east-1:000000000000:task-definition/web-${n}:*` },
  { Action: ['ecs:Run*', 'ecs:Describe*'], Resource: `arn:aws:ecs:*:*:task-definition/*-back${n}:*` },
  { NotAction: 'iam:*', Resource: `arn:aws:ecs:us-east-1:000000000000:task-definition/\${aws:username}-${n}:*` },
  {
    Action: 'ecs:*',
    Resource: '*',
    Condition: {
      StringEquals: { 'aws:RequestTag/team': 'web' },
      IpAddress: { 'aws:SourceIp': [`198.51.100.${n % 256}/32`, '2001:db8::/32'] },
    },
  },
  {
    Action: '*',
    Resource: '*',
    Condition: {
      ArnLike: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/d*' },
      'ForAllValues:StringLike': { 'aws:TagKeys': ['team*', `s${n}`] },
      DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
    },
  },
];

function policies(): readonly Policy[] {
  const statements = Array.from({ length: STATEMENTS }, (_, n) => {
    const all = kinds(n);
    return { Effect: n % 2 === 0 ? 'Allow' : 'Deny', ...all[n % all.length] };
  });
  return Array.from({ length: STATEMENTS / STATEMENTS_PER_POLICY }, (_, i) => {
    const own = statements.slice(i * STATEMENTS_PER_POLICY, (i + 1) * STATEMENTS_PER_POLICY);
    return readPolicy('managed', `policy-${i}`, JSON.stringify({ Version: '2012-10-17', Statement: own }));
  });
}

/** The median time of a decision for which every statement has to be looked at. */
export function benchPolicy(): { milliseconds: number; statements: number } {
  const identity = policies();
  const once = (): void => {
    const { decision } = decide(REQUEST, { identity });
    if (decision !== 'implicitDeny') throw new Error(`A statement applied, so not all were looked at: ${decision}.`);
  };
  for (let i = 0; i < WARM_UP_ROUNDS; i++) once();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    once();
    return performance.now() - start;
  });
  return { milliseconds: median(times), statements: STATEMENTS };
}
