/**
 * The ARNs of what requests name, by name, id or ARN. They are built from what the operations read, by the same rules: an
 * ARN that is written in another way means the same resource, so the policies must see the same ARN.
 */
import {
  capacityProviderArn,
  clusterArn,
  containerInstanceArn,
  parseTaskDefinitionRef,
  type Partition,
  resourceArn,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  taskArn,
  taskDefinitionArn,
  taskDefinitionFamilyArn,
  taskSetArn,
} from '../../../model/arn.ts';
import { defined } from '../../../model/defined.ts';
import type { ContextValues } from '../../auth/policy/context.ts';
import { checkArn, checkOwnArn } from '../rules/arns.ts';
import { resolveProviderName } from '../rules/capacity-provider.ts';
import { resolveClusterName } from '../rules/clusters.ts';
import { resolveIdentifier } from '../rules/identifiers.ts';
import { resolveTaskDefinition } from '../rules/task-definition-names.ts';
import type { AccessScope, TaskDefinitionRef } from './access.ts';

/** The resources of one cluster. */
export interface ClusterResources {
  readonly arn: string;
  /** The key `ecs:cluster`. */
  readonly keys: ContextValues;
  readonly service: (identifier: string) => string;
  readonly task: (identifier: string) => string;
  readonly containerInstance: (identifier: string) => string;
  /** `taskSet`: an id or an ARN. */
  readonly taskSet: (service: string, taskSet: string) => string;
}

export function resourcesOf(cluster: string | undefined, { partition }: AccessScope): ClusterResources {
  const clusterName = resolveClusterName(cluster, { partition });
  const scope = { clusterName, partition };
  const arn = clusterArn(partition, clusterName);
  return {
    arn,
    keys: { 'ecs:cluster': arn },
    service: (identifier) => serviceArn(partition, clusterName, resolveIdentifier('service', identifier, scope)),
    task: (identifier) => taskArn(partition, clusterName, resolveIdentifier('task', identifier, scope)),
    containerInstance: (identifier) =>
      containerInstanceArn(partition, clusterName, resolveIdentifier('container-instance', identifier, scope)),
    taskSet: (service, taskSet) => {
      const names = { cluster: clusterName, service: resolveIdentifier('service', service, scope) };
      return taskSetArn(partition, { ...names, taskSetId: taskSetIdOf(taskSet, partition) });
    },
  };
}

/** An ARN of another service's task set is refused by the operation, which knows the service's own name. */
function taskSetIdOf(taskSet: string, partition: Partition): string {
  if (!taskSet.startsWith('arn:')) return taskSet;
  return checkArn('task-set', taskSet, partition).path.slice(2).join('/');
}

/** All of them, or `any` if there are none, so that no call goes without a decision. */
export const eachOf = (
  names: readonly string[] | undefined,
  arnOf: (name: string) => string,
  any: string,
): readonly string[] => (names?.length ? [...new Set(names.map(arnOf))] : [any]);

export const providerArn = (identifier: string, { partition }: AccessScope): string =>
  capacityProviderArn(partition, resolveProviderName(identifier, partition));

/** Undefined if the text names no task definition, which the operation will say. */
export function taskDefinitionRef(text: string | undefined, { partition }: AccessScope): TaskDefinitionRef | undefined {
  const found = resolveTaskDefinition(text, partition);
  return found && { family: found.family, ...defined({ revision: found.revision }) };
}

/** Without a revision: all of the family. */
export const definitionArn = ({ family, revision }: TaskDefinitionRef, { partition }: AccessScope): string =>
  revision === undefined ? taskDefinitionFamilyArn(partition, family) : taskDefinitionArn(partition, family, revision);

/** The parts of the ARN of a service deployment or revision: the ARNs of it, its service and its cluster. */
export function historyArns(
  type: 'service-deployment' | 'service-revision',
  text: string,
  { partition }: AccessScope,
): { readonly arn: string; readonly service: string; readonly cluster: string } {
  const [cluster = '', service = '', id = ''] = checkArn(type, text, partition).path;
  const arnOf = type === 'service-deployment' ? serviceDeploymentArn : serviceRevisionArn;
  return {
    arn: arnOf(partition, cluster, service, id),
    service: serviceArn(partition, cluster, service),
    cluster: clusterArn(partition, cluster),
  };
}

/** The ARN of any resource as Longshore writes it. */
export function ownArn(text: string, { partition }: AccessScope): string {
  const parsed = checkOwnArn(text, partition);
  const ref = parsed.type === 'task-definition' ? parseTaskDefinitionRef(text) : undefined;
  return ref?.revision === undefined
    ? resourceArn(partition, parsed)
    : taskDefinitionArn(partition, ref.family, ref.revision);
}
