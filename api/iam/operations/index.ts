/** The operations of IAM that Longshore answers. */
import type { Operation } from '../../operation.ts';
import { accessKeys } from './access-keys.ts';
import { getAccountSummary } from './account-summary.ts';
import { attachments } from './attachments.ts';
import { boundaries } from './boundaries.ts';
import { groups } from './groups.ts';
import { inlinePolicies } from './inline-policies.ts';
import { oidcProviders } from './oidc-providers.ts';
import { policies } from './policies.ts';
import { policyVersions } from './policy-versions.ts';
import { roles } from './roles.ts';
import { serviceLinkedRoles } from './service-linked-roles.ts';
import { simulations } from './simulate.ts';
import { tags } from './tags.ts';
import { users } from './users.ts';

export const operations: readonly Operation[] = [
  ...users,
  ...groups,
  ...roles,
  ...serviceLinkedRoles,
  ...policies,
  ...policyVersions,
  ...inlinePolicies,
  ...attachments,
  ...boundaries,
  ...oidcProviders,
  ...tags,
  ...accessKeys,
  getAccountSummary,
  ...simulations,
];
