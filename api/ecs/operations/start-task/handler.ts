/** The StartTask operation. */
import { randomUUID } from 'node:crypto';
import type { StartTaskRequest, StartTaskResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import type { LaunchType } from '../../../../model/status.ts';
import type { TaskDefinition } from '../../../../model/task-definition.ts';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { checkBatch, resolveInstanceId } from '../../rules/identifiers.ts';
import { digestOf } from '../../digest.ts';
import { checkStartedBy } from '../../rules/ownership.ts';
import { answerPlacement } from '../../read/placed-tasks.ts';
import { buildCommonMembers, checkStandaloneRequest } from '../../rules/standalone-tasks.ts';
import { requireActiveTaskDefinition } from '../../read/task-definitions.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

const MOST_INSTANCES = 10;
const MOST_STARTED_BY_CHARACTERS = 36;

/**
 * Starts one task on each named container instance. No strategies or constraints apply, but resources and agents are
 * checked.
 */
export const startTask: Operation<StartTaskRequest, StartTaskResponse> = {
  name: 'StartTask',
  effect: 'records',
  async handle(input, context) {
    const instances = input.containerInstances ?? [];
    if (instances.length === 0) throw new EcsError('ClientException', 'Container Instances cannot be empty.');
    checkBatch('Container Instances', instances, MOST_INSTANCES);
    checkStartedBy(input.startedBy, MOST_STARTED_BY_CHARACTERS);
    checkStandaloneRequest(input);
    const clusterName = resolveClusterName(input.cluster, context);
    const scope = { clusterName, partition: context.partition };
    const containerInstanceIds = instances.map((instance) => resolveInstanceId(instance, scope));
    const [, taskDefinition] = await both(
      requireCluster(context, input.cluster),
      requireActiveTaskDefinition(
        context,
        { clusterName, reference: input.taskDefinition ?? '' },
        'InvalidParameterException',
      ),
    );
    const outcome = await context.workflows.runTask(randomUUID(), {
      kind: 'StartTask',
      ...buildCommonMembers(input, {
        clusterName,
        taskDefinition,
        launchType: launchTypeFor(taskDefinition.definition),
        hasEnvironmentFiles: context.hasEnvironmentFiles,
      }),
      count: containerInstanceIds.length,
      placementConstraints: [],
      placementStrategy: [],
      containerInstanceIds,
      digest: digestOf({ ...input, cluster: clusterName }),
    });
    return answerPlacement(context, clusterName, outcome);
  },
};

/**
 * StartTask names no launch type; in ECS it is the instance's. Here every instance takes both kinds of tasks, so the definition
 * says which it is.
 */
const launchTypeFor = ({ requiresCompatibilities = [] }: TaskDefinition): LaunchType =>
  requiresCompatibilities.includes('EXTERNAL') && !requiresCompatibilities.includes('EC2') ? 'EXTERNAL' : 'EC2';
