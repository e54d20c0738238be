/**
 * The categories of operations and their rates, by service. The operations of a category share one bucket for the account and
 * region. ECS's are its own. STS publishes 600 calls a second for those that it counts together. What anybody may call is
 * counted for each caller here, so that nobody uses up the calls of others: without credentials for each address that calls,
 * without a permission for each principal. Secrets Manager's are those that it publishes; of Parameter Store the reads of values are.
 * IAM publishes none: these are generous for tools, and keep a loop from taking the
 * database for itself.
 *
 * AWS does not say where the calls of task sets and the changes of service deployments belong: here they count as changes of
 * services, and DescribeTaskSets as a read of them.
 */
import { iamDoor } from '../iam/door.ts';
import type { Rate } from './bucket.ts';

export interface Category extends Rate {
  readonly name: string;
  /** Who shares a bucket: the account's calls, those from one address, or those of one principal. */
  readonly per: 'account' | 'source' | 'principal';
  readonly operations: readonly string[];
}

/** `rate`: calls at once, and calls a second from then on. */
const category = (name: string, [burst, perSecond]: readonly [number, number], ...operations: string[]): Category => ({
  name,
  burst,
  perSecond,
  per: 'account',
  operations,
});

const ECS: readonly Category[] = [
  category(
    'cluster modify',
    [20, 1],
    ...['CreateCluster', 'DeleteCluster', 'UpdateCluster', 'UpdateClusterSettings', 'PutClusterCapacityProviders'],
  ),
  category('cluster read', [50, 20], 'DescribeClusters', 'ListClusters'),
  category('task definition modify', [20, 1], 'RegisterTaskDefinition', 'DeregisterTaskDefinition'),
  category('task definition delete', [5, 1], 'DeleteTaskDefinitions'),
  category(
    'task definition read',
    [50, 20],
    ...['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  ),
  category(
    'capacity provider modify',
    [10, 1],
    ...['CreateCapacityProvider', 'UpdateCapacityProvider', 'DeleteCapacityProvider'],
  ),
  category('capacity provider read', [50, 20], 'DescribeCapacityProviders'),
  category('tag modify', [20, 10], 'TagResource', 'UntagResource'),
  category('tag read', [50, 20], 'ListTagsForResource'),
  category('setting modify', [10, 1], ...['PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting']),
  category('setting read', [50, 20], 'ListAccountSettings'),
  category(
    'cluster resource modify',
    [100, 40],
    ...['RunTask', 'StartTask', 'StopTask', 'PutAttributes', 'DeleteAttributes'],
    ...['DeregisterContainerInstance', 'UpdateContainerAgent', 'UpdateContainerInstancesState'],
  ),
  category(
    'cluster resource read',
    [100, 20],
    ...['DescribeTasks', 'ListTasks', 'DescribeContainerInstances', 'ListContainerInstances', 'ListAttributes'],
  ),
  category('agent modify', [200, 120], 'RegisterContainerInstance'),
  category(
    'service modify',
    [50, 5],
    ...['CreateService', 'UpdateService', 'DeleteService'],
    ...['CreateTaskSet', 'UpdateTaskSet', 'DeleteTaskSet', 'UpdateServicePrimaryTaskSet'],
    ...['StopServiceDeployment', 'ContinueServiceDeployment'],
  ),
  category('service read', [100, 20], 'DescribeServices', 'ListServices', 'DescribeTaskSets'),
  category('service deployment read', [50, 20], 'DescribeServiceDeployments', 'ListServiceDeployments'),
  category('service revision read', [50, 20], 'DescribeServiceRevisions'),
  category('task protection', [200, 80], 'GetTaskProtection', 'UpdateTaskProtection'),
];

/**
 * Of all addresses together, for each category that counts them apart: there are more networks of IPv6 than anybody can
 * remember, and each that was forgotten begins with a full bucket.
 */
export const OF_ALL_SOURCES: Rate = { burst: 1_000, perSecond: 500 };

/** Of one caller, where AWS publishes no figure. */
const OF_ONE = [100, 50] as const;

/** What AWS publishes. */
const OF_STS = [600, 600] as const;

const STS: readonly Category[] = [
  category('sts', OF_STS, 'AssumeRole', 'GetAccessKeyInfo'),
  { ...category('sts caller identity', OF_STS, 'GetCallerIdentity'), per: 'principal' },
  { ...category('sts web identity', OF_ONE, 'AssumeRoleWithWebIdentity'), per: 'source' },
  { ...category('sts session token', OF_ONE, 'GetSessionToken'), per: 'principal' },
];

/** By the beginning of an operation's name. */
const IAM_READ = /^(?:Get|List)/;
const IAM_SIMULATION = /^Simulate/;

const iamCategories = (operations: readonly string[]): readonly Category[] => {
  const simulations = operations.filter((name) => IAM_SIMULATION.test(name));
  const reads = operations.filter((name) => IAM_READ.test(name));
  const others = operations.filter((name) => !IAM_READ.test(name) && !IAM_SIMULATION.test(name));
  return [
    category('iam read', [200, 50], ...reads),
    category('iam modify', [100, 15], ...others),
    category('iam simulation', [20, 5], ...simulations),
  ];
};

/** LookupEvents has two calls a second and account. */
const CLOUDTRAIL: readonly Category[] = [category('cloudtrail', [2, 2], 'LookupEvents')];

const SECRETS: readonly Category[] = [
  category('secret value', [10_000, 10_000], 'GetSecretValue', 'DescribeSecret'),
  category('secret batch', [100, 100], 'BatchGetSecretValue'),
  category('secret list', [100, 100], 'ListSecrets'),
  category('secret version list', [50, 50], 'ListSecretVersionIds'),
  category('secret create', [50, 50], 'CreateSecret'),
  category('secret delete', [50, 50], 'DeleteSecret'),
  category('secret restore', [50, 50], 'RestoreSecret'),
  category('secret modify', [50, 50], 'PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'),
  category('secret tag', [50, 50], 'TagResource', 'UntagResource'),
  category('random password', [50, 50], 'GetRandomPassword'),
];

const SSM: readonly Category[] = [
  category('parameter value', [40, 40], 'GetParameter', 'GetParameters', 'GetParametersByPath'),
  category('parameter read', [20, 10], 'DescribeParameters', 'GetParameterHistory', 'ListTagsForResource'),
  category(
    'parameter modify',
    [20, 10],
    ...['PutParameter', 'DeleteParameter', 'DeleteParameters', 'LabelParameterVersion', 'UnlabelParameterVersion'],
    ...['AddTagsToResource', 'RemoveTagsFromResource'],
  ),
];

/** By the service's name. */
export const CATEGORIES: Readonly<Record<string, readonly Category[]>> = {
  ecs: ECS,
  sts: STS,
  cloudtrail: CLOUDTRAIL,
  iam: iamCategories([...iamDoor.operations.keys()]),
  secretsmanager: SECRETS,
  ssm: SSM,
};
