/** The policies that AWS manages, as Longshore writes them down. */
import { expect, it } from 'vitest';
import { iamArn, parseIamArn } from '../../../model/iam/arn.ts';
import { AWS_MANAGED_POLICIES } from '../../../model/iam/aws-managed/index.ts';
import { readPolicy } from '../../../api/auth/policy/document.ts';

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
