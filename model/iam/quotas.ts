/** IAM's quotas, with AWS's own figures. Sizes are in characters, white space aside. */
import type { EntityKind } from './entity.ts';

export const QUOTAS = {
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  groupsPerUser: 10,
  accessKeysPerUser: 2,
  versionsPerPolicy: 5,
  tags: 50,
  policySize: 6144,
  trustPolicySize: 2048,
  oidcProviders: 100,
  clientIdsPerProvider: 100,
} as const;

/** Attached managed policies of one user, group or role. */
export const ATTACHED_QUOTA: Readonly<Record<EntityKind, number>> = { user: 10, group: 10, role: 10 };

/** Size of all inline policies of one user, group or role together. */
export const INLINE_SIZE_QUOTA: Readonly<Record<EntityKind, number>> = { user: 2048, group: 5120, role: 10_240 };

/** The size of a policy document as its quota counts it. */
export const documentSize = (text: string): number => text.replaceAll(/\s/g, '').length;
