/** The policies that AWS manages, as Longshore writes them down, and whom a request means that names nobody. */
import { expect, it } from 'vitest';
import { iamArn, parseIamArn } from '../../../model/iam/arn.ts';
import { AWS_MANAGED_POLICIES } from '../../../model/iam/aws-managed/index.ts';
import { readPolicy } from '../../../api/auth/policy/document.ts';
import { rootOf } from '../../../api/auth/principal.ts';
import { userMeant } from '../../../api/iam/rules/caller.ts';

it.each(AWS_MANAGED_POLICIES.map((policy) => [policy.name, policy] as const))('%s can be read', (_name, policy) => {
  expect(() => readPolicy('managed', policy.name, policy.document)).not.toThrow();
  expect(policy.id).toMatch(/^ANPA[A-Z2-7]{17}$/);
  expect(policy.updatedAt).toBeGreaterThanOrEqual(policy.createdAt);
  expect(parseIamArn(iamArn('aws', 'policy', policy))).toEqual({
    account: 'aws',
    type: 'policy',
    path: policy.path,
    name: policy.name,
  });
});

it('no two have an id or a name in common', () => {
  for (const member of ['id', 'name'] as const) {
    expect(new Set(AWS_MANAGED_POLICIES.map((policy) => policy[member])).size).toBe(AWS_MANAGED_POLICIES.length);
  }
});

it('a request that names no user means the one who calls', () => {
  const account = '123456789012';
  const root = rootOf({ account });
  const user = { kind: 'user' as const, account, arn: `arn:aws:iam::${account}:user/dev/ada`, userId: 'AIDA1' };
  const arn = `arn:aws:sts::${account}:assumed-role/ops/ada`;
  const session = {
    kind: 'assumed-role' as const,
    roleArn: 'arn:aws:iam::123456789012:role/deploy',
    account,
    arn,
    userId: 'AROA1:ada',
  };
  expect(userMeant(undefined, root)).toBeUndefined();
  expect(userMeant(undefined, user)).toBe('ada');
  expect([root, user, session].map((caller) => userMeant('bob', caller))).toEqual(['bob', 'bob', 'bob']);
  expect(() => userMeant(undefined, session)).toThrow('Must specify userName when calling with non-User credentials');
});
