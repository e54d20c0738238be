/** The GetAccountSummary operation: what there is, and the quotas that hold. */
import type { GetAccountSummaryResponse } from '@aws-sdk/client-iam';
import { ATTACHED_QUOTA, INLINE_SIZE_QUOTA, QUOTAS } from '../../../model/iam/quotas.ts';
import type { Operation } from '../../operation.ts';

/** Longshore has none of these. */
const NONE = {
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 0,
  AccountSigningCertificatesPresent: 0,
  InstanceProfiles: 0,
  MFADevices: 0,
  MFADevicesInUse: 0,
  ServerCertificates: 0,
};

const LIMITS = {
  AccessKeysPerUserQuota: QUOTAS.accessKeysPerUser,
  AssumeRolePolicySizeQuota: QUOTAS.trustPolicySize,
  AttachedPoliciesPerGroupQuota: ATTACHED_QUOTA.group,
  AttachedPoliciesPerRoleQuota: ATTACHED_QUOTA.role,
  AttachedPoliciesPerUserQuota: ATTACHED_QUOTA.user,
  GroupPolicySizeQuota: INLINE_SIZE_QUOTA.group,
  GroupsPerUserQuota: QUOTAS.groupsPerUser,
  GroupsQuota: QUOTAS.groups,
  PoliciesQuota: QUOTAS.policies,
  PolicySizeQuota: QUOTAS.policySize,
  RolePolicySizeQuota: INLINE_SIZE_QUOTA.role,
  RolesQuota: QUOTAS.roles,
  UserPolicySizeQuota: INLINE_SIZE_QUOTA.user,
  UsersQuota: QUOTAS.users,
  VersionsPerPolicyQuota: QUOTAS.versionsPerPolicy,
};

export const getAccountSummary: Operation<object, GetAccountSummaryResponse> = {
  name: 'GetAccountSummary',
  effect: 'reads',
  async handle(_input, { store }) {
    const { users, groups, roles, policies, policyVersions, rootKeys, oidcProviders } = await store.countIam();
    return {
      SummaryMap: {
        ...NONE,
        ...LIMITS,
        AccountAccessKeysPresent: rootKeys > 0 ? 1 : 0,
        Groups: groups,
        Policies: policies,
        PolicyVersionsInUse: policyVersions,
        Providers: oidcProviders,
        Roles: roles,
        Users: users,
      },
    };
  },
};
