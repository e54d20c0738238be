/**
 * The interface for IAM: users, groups, roles, their policies and tags. Whatever names something that does not exist is
 * refused with NoSuchEntity, a name that is taken in any case with EntityAlreadyExists, an end of what is in use with
 * DeleteConflict, more than a quota with LimitExceeded, and a change of a role that belongs to an AWS service with
 * UnmodifiableEntity.
 */
import type { PathAndName } from '../../model/iam/arn.ts';
import type { EntityKind, EntityRef } from '../../model/iam/entity.ts';
import type { EpochMs } from '../../model/time.ts';
import type { OidcProviderStore } from './oidc-providers.ts';
import type { Page, PageRequest } from './page.ts';

/** What users, groups, roles and managed policies have in common. */
interface Named extends PathAndName {
  /** `AIDA…`, `AGPA…`, `AROA…` or `ANPA…`; never used again. */
  readonly id: string;
  readonly createdAt: EpochMs;
}

export interface IamTag {
  readonly key: string;
  readonly value: string;
}

export type GroupRecord = Named;

export interface UserRecord extends Named {
  readonly tags: readonly IamTag[];
  /** The ARN of the managed policy that is the permissions boundary. */
  readonly boundaryArn?: string;
}

export interface RoleRecord extends UserRecord {
  /** JSON, as it was written. */
  readonly trustPolicy: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
}

export interface PolicyRecord extends Named {
  readonly arn: string;
  readonly description?: string;
  /** The number of the version that applies. */
  readonly defaultVersion: number;
  readonly updatedAt: EpochMs;
  /** How many users, groups and roles have it attached. */
  readonly attachments: number;
  /** How many users and roles have it as their permissions boundary. */
  readonly boundaries: number;
  readonly tags: readonly IamTag[];
}

export interface PolicyVersionRecord {
  readonly version: number;
  readonly isDefault: boolean;
  readonly document: string;
  readonly createdAt: EpochMs;
}

export interface PathFilter {
  readonly pathPrefix: string;
}

export interface PolicyFilter extends PathFilter {
  readonly scope: 'All' | 'AWS' | 'Local';
  /** Keeps the policies that are attached to something, or used as a boundary. */
  readonly usage?: PolicyUsage;
  readonly onlyUsed: boolean;
}

/** As what a managed policy is used; absent: either. */
export type PolicyUsage = 'PermissionsPolicy' | 'PermissionsBoundary';

/** A user, group or role that a managed policy is attached to, or that it bounds. */
export interface PolicyHolder extends EntityRef {
  readonly id: string;
}

export type AttachedPolicy = Pick<PolicyRecord, 'name' | 'arn'>;

/** What has tags. A policy is named by its ARN, an OpenID Connect provider by its issuer. */
export type TagOwner = { readonly kind: 'user' | 'role' | 'policy' | 'oidc-provider'; readonly name: string };

/** A policy that applies to a user or role. */
export interface AppliedPolicy {
  /** `inline`: part of its holder; `local` and `aws`: managed by the account or by AWS. */
  readonly source: 'inline' | 'local' | 'aws';
  /** Whose it is: the user or role itself, or one of the user's groups. */
  readonly holder: EntityRef;
  readonly name: string;
  /** Absent for an inline policy. */
  readonly arn?: string;
  readonly document: string;
}

/** Everything that decides what a user or role may do, or what a group gives its users, read at one moment. */
export interface HolderPolicies extends EntityRef {
  /** The version of IAM's records then: see `iamVersion`. */
  readonly version: number;
  readonly id: string;
  readonly arn: string;
  readonly tags: readonly IamTag[];
  readonly policies: readonly AppliedPolicy[];
  readonly boundary?: { readonly arn: string; readonly document: string };
}

interface UserStore {
  createUser(user: Named & Pick<UserRecord, 'tags' | 'boundaryArn'>): Promise<UserRecord>;
  getUser(name: string): Promise<UserRecord>;
  listUsers(filter: PathFilter, page: PageRequest): Promise<Page<UserRecord>>;
  updateUser(name: string, changes: Partial<PathAndName>): Promise<void>;
  deleteUser(name: string): Promise<void>;
}

interface GroupStore {
  createGroup(group: Named): Promise<GroupRecord>;
  getGroup(name: string): Promise<GroupRecord>;
  listGroups(filter: PathFilter, page: PageRequest): Promise<Page<GroupRecord>>;
  updateGroup(name: string, changes: Partial<PathAndName>): Promise<void>;
  deleteGroup(name: string): Promise<void>;
  /** Changes nothing if the user is in the group already. */
  addUserToGroup(group: string, user: string): Promise<void>;
  removeUserFromGroup(group: string, user: string): Promise<void>;
  listGroupUsers(group: string, page: PageRequest): Promise<Page<UserRecord>>;
  listGroupsOfUser(user: string, page: PageRequest): Promise<Page<GroupRecord>>;
}

interface RoleStore {
  createRole(role: RoleRecord): Promise<RoleRecord>;
  getRole(name: string): Promise<RoleRecord>;
  listRoles(filter: PathFilter, page: PageRequest): Promise<Page<RoleRecord>>;
  updateRole(
    name: string,
    changes: Partial<Pick<RoleRecord, 'description' | 'maxSessionSeconds' | 'trustPolicy'>>,
  ): Promise<RoleRecord>;
  deleteRole(name: string): Promise<void>;
  /** Creates the role of an AWS service with one of AWS's policies. Throws InvalidInput if there is one. */
  createServiceLinkedRole(role: RoleRecord, policyArn: string): Promise<RoleRecord>;
  /** Deletes the role with all its policies. `taskId` names the deletion from then on. */
  deleteServiceLinkedRole(name: string, deletion: { readonly taskId: string; readonly at: EpochMs }): Promise<void>;
  /** Whether a service-linked role was deleted under that name. */
  wasDeleted(taskId: string): Promise<boolean>;
}

interface ManagedPolicyStore {
  createPolicy(
    policy: Named & Pick<PolicyRecord, 'description' | 'tags'> & { readonly document: string },
  ): Promise<PolicyRecord>;
  getPolicy(arn: string): Promise<PolicyRecord>;
  /** Those of AWS and of the account, by name. */
  listPolicies(filter: PolicyFilter, page: PageRequest): Promise<Page<PolicyRecord>>;
  deletePolicy(arn: string): Promise<void>;
  createPolicyVersion(
    arn: string,
    version: { readonly document: string; readonly isDefault: boolean; readonly at: EpochMs },
  ): Promise<PolicyVersionRecord>;
  getPolicyVersion(arn: string, version: number): Promise<PolicyVersionRecord>;
  /** All versions, the newest first: there are at most five. */
  listPolicyVersions(arn: string): Promise<readonly PolicyVersionRecord[]>;
  setDefaultPolicyVersion(arn: string, version: number, at: EpochMs): Promise<void>;
  deletePolicyVersion(arn: string, version: number): Promise<void>;
}

interface PolicyUseStore {
  putInlinePolicy(holder: EntityRef, policy: { readonly name: string; readonly document: string }): Promise<void>;
  /** Returns the document. */
  getInlinePolicy(holder: EntityRef, name: string): Promise<string>;
  /** The names. */
  listInlinePolicies(holder: EntityRef, page: PageRequest): Promise<Page<string>>;
  deleteInlinePolicy(holder: EntityRef, name: string): Promise<void>;
  /** Changes nothing if the policy is attached already. */
  attachPolicy(holder: EntityRef, policyArn: string): Promise<void>;
  detachPolicy(holder: EntityRef, policyArn: string): Promise<void>;
  listAttachedPolicies(holder: EntityRef, filter: PathFilter, page: PageRequest): Promise<Page<AttachedPolicy>>;
  /** Groups, then roles, then users, each by name. */
  listPolicyHolders(
    policyArn: string,
    filter: PathFilter & { readonly kind?: EntityKind; readonly usage?: PolicyUsage },
    page: PageRequest,
  ): Promise<Page<PolicyHolder>>;
  /** Sets a user's or role's permissions boundary. */
  putBoundary(holder: EntityRef, policyArn: string): Promise<void>;
  /** Throws NoSuchEntity if there is none. */
  deleteBoundary(holder: EntityRef): Promise<void>;
  /** undefined if there is no such user, role or group. A group has neither tags nor a boundary. */
  policiesOf(holder: EntityRef): Promise<HolderPolicies | undefined>;
}

interface IamTagStore {
  /** By key. */
  listIamTags(owner: TagOwner): Promise<readonly IamTag[]>;
  /** A tag takes the place of one whose key differs at most in case. */
  addIamTags(owner: TagOwner, tags: readonly IamTag[]): Promise<void>;
  removeIamTags(owner: TagOwner, keys: readonly string[]): Promise<void>;
}

/** How many there are of each. */
export interface IamCounts {
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  readonly policyVersions: number;
  readonly rootKeys: number;
  readonly oidcProviders: number;
}

export interface IamStore
  extends UserStore, GroupStore, RoleStore, ManagedPolicyStore, PolicyUseStore, IamTagStore, OidcProviderStore {
  /** Rises with every change of what this interface holds. */
  iamVersion(): Promise<number>;
  /** When the account began. */
  accountBegan(): Promise<EpochMs>;
  countIam(): Promise<IamCounts>;
}
