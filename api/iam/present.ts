/** Turns the store's records into the answers of IAM. Lists show less of users, roles and policies, as in IAM. */
import type { AttachedPermissionsBoundary, Group, Policy, PolicyVersion, Role, Tag, User } from '@aws-sdk/client-iam';
import { defined } from '../../model/defined.ts';
import { iamArn } from '../../model/iam/arn.ts';
import type {
  GroupRecord,
  IamTag,
  PolicyRecord,
  PolicyVersionRecord,
  RoleRecord,
  UserRecord,
} from '../../store/contract/iam.ts';

/** IAM's times have whole seconds. */
export const toDate = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);

/** IAM percent-encodes documents as RFC 3986 has it, which also escapes what encodeURIComponent leaves. */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export const presentTags = (tags: readonly IamTag[]): Tag[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** Nothing where there are no tags. */
export const tagsMember = (tags: readonly IamTag[]): { Tags?: Tag[] } =>
  tags.length === 0 ? {} : { Tags: presentTags(tags) };

/** IAM's answers say `Policy`; the SDK's enum has another text. */
const boundaryMember = (arn: string | undefined): { PermissionsBoundary?: AttachedPermissionsBoundary } =>
  arn === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'Policy' as 'PermissionsBoundaryPolicy',
          PermissionsBoundaryArn: arn,
        },
      };

export const listedUser = (account: string, user: UserRecord): User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: iamArn(account, 'user', user),
  CreateDate: toDate(user.createdAt),
});

export const presentUser = (account: string, user: UserRecord): User => ({
  ...listedUser(account, user),
  ...boundaryMember(user.boundaryArn),
  ...tagsMember(user.tags),
});

export const presentGroup = (account: string, group: GroupRecord): Group => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: iamArn(account, 'group', group),
  CreateDate: toDate(group.createdAt),
});

export const listedRole = (account: string, role: RoleRecord): Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: iamArn(account, 'role', role),
  CreateDate: toDate(role.createdAt),
  AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
  ...defined({ Description: role.description }),
  MaxSessionDuration: role.maxSessionSeconds,
});

export const presentRole = (account: string, role: RoleRecord): Role => ({
  ...listedRole(account, role),
  ...boundaryMember(role.boundaryArn),
  ...tagsMember(role.tags),
});

export const listedPolicy = (policy: PolicyRecord): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: versionId(policy.defaultVersion),
  AttachmentCount: policy.attachments,
  PermissionsBoundaryUsageCount: policy.boundaries,
  IsAttachable: true,
  CreateDate: toDate(policy.createdAt),
  UpdateDate: toDate(policy.updatedAt),
});

export const presentPolicy = (policy: PolicyRecord): Policy => ({
  ...listedPolicy(policy),
  ...defined({ Description: policy.description }),
  ...tagsMember(policy.tags),
});

export const versionId = (version: number): string => `v${version}`;

/** Without the document. */
export const listedVersion = ({ version, isDefault, createdAt }: PolicyVersionRecord): PolicyVersion => ({
  VersionId: versionId(version),
  IsDefaultVersion: isDefault,
  CreateDate: toDate(createdAt),
});
