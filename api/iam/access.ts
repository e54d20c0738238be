/** What each call of IAM asks for: its action, on the users, groups, roles and policies that it names. */
import type { Partition } from '../../model/arn.ts';
import { isAwsError } from '../../model/errors.ts';
import { iamArn, type IamResource } from '../../model/iam/arn.ts';
import { SERVICE_LINKED_PATH } from '../../model/iam/entity.ts';
import type { IamStore } from '../../store/contract/iam.ts';
import type { Asked } from '../auth/authorize.ts';
import type { ContextValues } from '../auth/policy/context.ts';
import type { Principal } from '../auth/principal.ts';

/** The members of requests that name something, or that conditions look at. */
interface Named {
  readonly UserName?: string;
  readonly GroupName?: string;
  readonly RoleName?: string;
  readonly PolicyName?: string;
  readonly PolicyArn?: string;
  readonly PolicySourceArn?: string;
  readonly Path?: string;
  readonly PermissionsBoundary?: string;
  readonly AWSServiceName?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly TagKeys?: readonly string[];
}

export interface IamAccess {
  readonly partition: Partition;
  readonly principal: Principal;
  readonly store: Pick<IamStore, 'getUser' | 'getGroup' | 'getRole'>;
}

/** IAM authorises these on no resource. */
const ABOUT_ALL: ReadonlySet<string> = new Set([
  'GetAccountSummary',
  'ListGroups',
  'ListPolicies',
  'ListRoles',
  'ListUsers',
  'SimulateCustomPolicy',
]);

/** Reads no more than the paths of what the request names, which are parts of their ARNs. */
export async function iamAccess(operation: string, input: object, given: IamAccess): Promise<readonly Asked[]> {
  const named = input as Named;
  const resource = ABOUT_ALL.has(operation) ? '*' : await resourceOf(operation, named, given);
  return [{ action: `iam:${operation}`, resources: [resource], context: contextOf(named) }];
}

async function resourceOf(
  operation: string,
  named: Named,
  { partition: { account }, principal, store }: IamAccess,
): Promise<string> {
  const { UserName: user, GroupName: group, RoleName: role, PolicyName: policy } = named;
  const makes = (type: IamResource): boolean => operation.toLowerCase() === `create${type}`;
  const arnOf = async (type: IamResource, name: string, find: () => Promise<{ readonly path: string }>) =>
    iamArn(account, type, { path: makes(type) ? (named.Path ?? '/') : await pathOf(find), name });
  if (group !== undefined) return arnOf('group', group, () => store.getGroup(group));
  if (role !== undefined) return arnOf('role', role, () => store.getRole(role));
  if (user !== undefined) return arnOf('user', user, () => store.getUser(user));
  if (makes('policy')) return iamArn(account, 'policy', { path: named.Path ?? '/', name: policy ?? '' });
  if (named.AWSServiceName !== undefined) {
    return iamArn(account, 'role', { path: `${SERVICE_LINKED_PATH}${named.AWSServiceName}/`, name: '*' });
  }
  // Without a name, the call is about the user who calls.
  return named.PolicyArn ?? named.PolicySourceArn ?? principal.arn;
}

/** What does not exist is asked for without a path. */
async function pathOf(find: () => Promise<{ readonly path: string }>): Promise<string> {
  try {
    return (await find()).path;
  } catch (error) {
    if (isAwsError(error) && error.code === 'NoSuchEntity') return '/';
    throw error;
  }
}

function contextOf({ PolicyArn, PermissionsBoundary, AWSServiceName, Tags = [], TagKeys = [] }: Named): ContextValues {
  const keys = [...Tags.map(({ Key }) => Key), ...TagKeys];
  return {
    ...(PolicyArn === undefined ? {} : { 'iam:PolicyARN': PolicyArn }),
    ...(PermissionsBoundary === undefined ? {} : { 'iam:PermissionsBoundary': PermissionsBoundary }),
    ...(AWSServiceName === undefined ? {} : { 'iam:AWSServiceName': AWSServiceName }),
    ...(keys.length === 0 ? {} : { 'aws:TagKeys': keys }),
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  };
}
