/** What each call of IAM asks for: its action, on the users, groups, roles and policies that it names. */
import type { Partition } from '../../model/arn.ts';
import { isAwsError } from '../../model/errors.ts';
import { defined } from '../../model/defined.ts';
import { iamArn, type IamResource } from '../../model/iam/arn.ts';
import { SERVICE_LINKED_PATH } from '../../model/iam/entity.ts';
import { issuerOfArn, oidcProviderArn } from '../../model/iam/oidc.ts';
import type { AccessKeyStore } from '../../store/contract/access-keys.ts';
import type { IamStore, IamTag } from '../../store/contract/iam.ts';
import type { Asked } from '../auth/authorize.ts';
import type { ContextValues } from '../auth/policy/context.ts';
import type { Principal } from '../auth/principal.ts';
import { requestTagKeys, resourceTagKeys } from '../auth/tag-keys.ts';

/** The members of requests that name something, or that conditions look at. */
interface Named {
  readonly UserName?: string;
  readonly GroupName?: string;
  readonly RoleName?: string;
  readonly PolicyName?: string;
  readonly PolicyArn?: string;
  readonly PolicySourceArn?: string;
  readonly AccessKeyId?: string;
  readonly DeletionTaskId?: string;
  readonly OpenIDConnectProviderArn?: string;
  readonly Url?: string;
  readonly Path?: string;
  readonly NewPath?: string;
  readonly NewUserName?: string;
  readonly NewGroupName?: string;
  readonly PermissionsBoundary?: string;
  readonly AWSServiceName?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly TagKeys?: readonly string[];
}

export interface IamAccess {
  readonly partition: Partition;
  readonly caller: { readonly principal: Pick<Principal, 'arn'> };
  readonly store: Pick<IamStore, 'getUser' | 'getGroup' | 'getRole' | 'getOidcProvider'> &
    Pick<AccessKeyStore, 'findAccessKey'>;
}

/** What a call acts on, with what conditions may look at. */
interface Target {
  readonly arn: string;
  /** Absent for what has no path, or where it is not looked up. */
  readonly path?: string;
  readonly tags?: readonly IamTag[];
  readonly boundaryArn?: string | undefined;
}

/** IAM authorises these on no resource. */
const ABOUT_ALL: ReadonlySet<string> = new Set([
  'GetAccountSummary',
  'ListGroups',
  'ListOpenIDConnectProviders',
  'ListPolicies',
  'ListRoles',
  'ListUsers',
  'SimulateCustomPolicy',
]);

/** The actions that bringing tags along asks for beside the creation. */
const TAGGED_BY: Readonly<Record<string, string>> = {
  CreateOpenIDConnectProvider: 'iam:TagOpenIDConnectProvider',
  CreatePolicy: 'iam:TagPolicy',
  CreateRole: 'iam:TagRole',
  CreateUser: 'iam:TagUser',
};

/** Reads no more than what the request names: paths, tags and boundaries, which are parts of what is asked for. */
export async function iamAccess(operation: string, input: object, given: IamAccess): Promise<readonly Asked[]> {
  const named = input as Named;
  const targets = ABOUT_ALL.has(operation) ? [{ arn: '*' }] : await targetsOf(operation, named, given);
  const tagging = named.Tags?.length ? TAGGED_BY[operation] : undefined;
  const actions = [`iam:${operation}`, ...(tagging === undefined ? [] : [tagging])];
  return actions.flatMap((action) =>
    targets.map((target) => ({
      action,
      resources: [target.arn],
      context: { ...targetKeys(target), ...requestKeys(named) },
    })),
  );
}

/** A new name or path is a second target: whoever gives it could otherwise take a name that others trust. */
async function targetsOf(operation: string, named: Named, given: IamAccess): Promise<readonly Target[]> {
  const { UserName: user, GroupName: group, NewPath } = named;
  const found = await targetOf(operation, named, given);
  const [type, name, newName] =
    group === undefined
      ? (['user', user, named.NewUserName] as const)
      : (['group', group, named.NewGroupName] as const);
  if (name === undefined || (newName === undefined && NewPath === undefined)) return [found];
  const renamed = { path: NewPath ?? found.path ?? '/', name: newName ?? name };
  return [found, { arn: iamArn(given.partition.account, type, renamed) }];
}

interface Found {
  readonly path: string;
  readonly tags?: readonly IamTag[];
  readonly boundaryArn?: string;
}

async function targetOf(operation: string, named: Named, given: IamAccess): Promise<Target> {
  const { account } = given.partition;
  const { store } = given;
  const { UserName: user, GroupName: group, RoleName: role, PolicyName: policy, AccessKeyId: key } = named;
  const makes = (type: IamResource): boolean => operation.toLowerCase() === `create${type}`;
  const target = async (type: IamResource, name: string, find: () => Promise<Found>): Promise<Target> => {
    const found = makes(type) ? { path: named.Path ?? '/' } : await foundOr(find);
    return { ...found, arn: iamArn(account, type, { path: found.path, name }) };
  };
  if (group !== undefined) return target('group', group, () => store.getGroup(group));
  if (role !== undefined) return target('role', role, () => store.getRole(role));
  if (user !== undefined) return target('user', user, () => store.getUser(user));
  if (makes('policy')) return { arn: iamArn(account, 'policy', { path: named.Path ?? '/', name: policy ?? '' }) };
  if (named.AWSServiceName !== undefined) {
    return { arn: iamArn(account, 'role', { path: `${SERVICE_LINKED_PATH}${named.AWSServiceName}/`, name: '*' }) };
  }
  // The task of a deletion is nobody's in particular.
  if (named.DeletionTaskId !== undefined) return { arn: '*' };
  if (operation === 'GetAccessKeyLastUsed' && key !== undefined) {
    const owner = (await store.findAccessKey(key))?.userName;
    return owner === undefined
      ? { arn: `arn:aws:iam::${account}:root` }
      : target('user', owner, () => store.getUser(owner));
  }
  if (operation === 'CreateOpenIDConnectProvider') {
    return { arn: oidcProviderArn(account, (named.Url ?? '').replace(/^https:\/\//, '')) };
  }
  if (named.OpenIDConnectProviderArn !== undefined) return providerTarget(named.OpenIDConnectProviderArn, given);
  // Without a name, the call is about the user who calls.
  return { arn: named.PolicyArn ?? named.PolicySourceArn ?? given.caller.principal.arn };
}

async function providerTarget(arn: string, { partition, store }: IamAccess): Promise<Target> {
  const issuer = issuerOfArn(partition.account, arn);
  if (issuer === undefined) return { arn };
  const { tags } = await foundOr(async () => ({ path: '/', tags: (await store.getOidcProvider(issuer)).tags }));
  return { arn, ...defined({ tags }) };
}

/** What does not exist is asked for without a path. */
async function foundOr(find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    if (isAwsError(error) && error.code === 'NoSuchEntity') return { path: '/' };
    throw error;
  }
}

const targetKeys = ({ tags = [], boundaryArn }: Target): ContextValues => ({
  ...resourceTagKeys('iam', tags),
  ...(boundaryArn === undefined ? {} : { 'iam:PermissionsBoundary': boundaryArn }),
});

/** Tags that are removed give their keys, but no values. */
const requestKeys = ({ PolicyArn, PermissionsBoundary, AWSServiceName, Tags = [], TagKeys }: Named): ContextValues => ({
  ...(PolicyArn === undefined ? {} : { 'iam:PolicyARN': PolicyArn }),
  ...(PermissionsBoundary === undefined ? {} : { 'iam:PermissionsBoundary': PermissionsBoundary }),
  ...(AWSServiceName === undefined ? {} : { 'iam:AWSServiceName': AWSServiceName }),
  ...(TagKeys === undefined ? {} : { 'aws:TagKeys': TagKeys }),
  ...requestTagKeys(Tags.map(({ Key, Value }) => ({ key: Key, value: Value }))),
});
