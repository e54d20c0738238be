/** What the operations on task sets need. */
import type { CreateTaskSetRequest, DescribeTaskSetsRequest } from '@aws-sdk/client-ecs';
import { defined } from '../../../model/defined.ts';
import type { AccessOf } from './access.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';
import { strategyKeys, tagOnCreate } from './keys.ts';
import { definitionArn, eachOf, resourcesOf, taskDefinitionRef } from './resources.ts';

/** The new task set has no id yet. */
export const createTaskSet: AccessOf<CreateTaskSetRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const { service = '' } = input;
  const runs = taskDefinitionRef(input.taskDefinition, scope);
  const arn = cluster.taskSet(service, '*');
  const context = {
    ...requestTagKeys(input.tags),
    ...strategyKeys(input.capacityProviderStrategy, scope),
    ...cluster.keys,
    'ecs:service': cluster.service(service),
    ...(runs && { 'ecs:task-definition': definitionArn(runs, scope) }),
  };
  return [
    { action: 'ecs:CreateTaskSet', resources: [arn], context, tagged: false, ...defined({ runs }) },
    ...tagOnCreate('CreateTaskSet', arn, input.tags),
  ];
};

interface OneTaskSet {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
  readonly taskSet: string | undefined;
}

/** An operation on one task set. */
export const onTaskSet =
  (action: string): AccessOf<OneTaskSet> =>
  ({ cluster: name, service = '', taskSet = '' }, scope) => {
    const cluster = resourcesOf(name, scope);
    const context = { ...cluster.keys, 'ecs:service': cluster.service(service) };
    return [{ action, resources: [cluster.taskSet(service, taskSet)], context, tagged: true }];
  };

/** Without ids, all task sets of the service are described. */
export const describeTaskSets: AccessOf<DescribeTaskSetsRequest> = ({ taskSets, service = '', ...input }, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const resources = eachOf(taskSets, (id) => cluster.taskSet(service, id), cluster.taskSet(service, '*'));
  const context = { ...cluster.keys, 'ecs:service': cluster.service(service) };
  return [{ action: 'ecs:DescribeTaskSets', resources, context, tagged: true }];
};
