/** Policies, principals and requests for the tests of policies. */
import type { AccessRequest } from '../../../../../api/auth/policy/decide.ts';
import type { Policy } from '../../../../../api/auth/policy/document.ts';
import { readPolicy } from '../../../../../api/auth/policy/document.ts';
import type { Principal } from '../../../../../api/auth/policy/principals.ts';
import type { DocumentKind } from '../../../../../api/auth/policy/statement.ts';

export const ACCOUNT = '111122223333';

export type Json = Readonly<Record<string, unknown>>;

export const documentOf = (...statements: readonly Json[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** A policy of these statements; each allows everything where it says nothing else. */
export const aPolicy = (...statements: readonly Json[]): Policy => policyOf('managed', ...statements);

export const policyOf = (kind: DocumentKind, ...statements: readonly Json[]): Policy =>
  readPolicy(kind, kind, documentOf(...statements.map((statement) => complete(kind, statement))));

function complete(kind: DocumentKind, statement: Json): Json {
  const effect = { Effect: 'Allow' };
  if (kind === 'trust') return { ...effect, Action: 'sts:AssumeRole', ...statement };
  const action = 'NotAction' in statement ? {} : { Action: '*' };
  const resource = 'NotResource' in statement ? {} : { Resource: '*' };
  return { ...effect, ...action, ...resource, ...statement };
}

export const USER = {
  kind: 'user',
  arn: `arn:aws:iam::${ACCOUNT}:user/team/ann`,
  account: ACCOUNT,
} as const satisfies Principal;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/deploy/ci`;
export const SESSION = {
  kind: 'assumed-role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ci/run-7`,
  account: ACCOUNT,
  roleArn: ROLE_ARN,
} as const satisfies Principal;
export const ROOT: Principal = { kind: 'root', arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT };

export const CLUSTER = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/default`;

export const aRequest = (request: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: USER,
  action: 'ecs:RunTask',
  resource: CLUSTER,
  context: {},
  now: Date.UTC(2026, 5, 15, 12),
  ...request,
});
