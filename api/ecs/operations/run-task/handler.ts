/** The RunTask operation. */
import { randomUUID } from 'node:crypto';
import type { RunTaskRequest, RunTaskResponse } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../../model/arn.ts';
import { launchTypeOf } from '../../../../model/capacity-provider.ts';
import type { RunTaskCommand } from '../../../../workflows/messages.ts';
import type { ClusterRecord } from '../../../../store/contract/clusters.ts';
import type { TaskDefinitionRecord } from '../../../../model/task-definition.ts';
import type { Operation } from '../../../operation.ts';
import { member } from '../../members.ts';
import { resolvePlatformVersion } from '../../../../model/wire/platform.ts';
import { both } from '../../read/both.ts';
import { checkPlatformVersion, resolveCompute } from '../../rules/launch-type.ts';
import { resolvePlacement } from '../../rules/placement.ts';
import { answerPlacement } from '../../read/placed-tasks.ts';
import { buildCommonMembers } from '../../rules/standalone-tasks.ts';
import { requireActiveTaskDefinition } from '../../read/task-definitions.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { answerRepeatedCall } from './idempotency.ts';
import { checkRunTask, digestRunTask } from './rules.ts';

/**
 * Places up to `count` tasks and answers once they are recorded. Tasks without a place are in `failures`. A repeated
 * clientToken gets the first call's result, or ConflictException if other parameters differ.
 */
export const runTask: Operation<RunTaskRequest, RunTaskResponse> = {
  name: 'RunTask',
  effect: 'records',
  async handle(input, context) {
    checkRunTask(input);
    const clusterName = resolveClusterName(input.cluster, context);
    const digest = digestRunTask(input, clusterName);
    const { clientToken } = input;
    const earlier =
      clientToken === undefined ? undefined : context.store.getRunTaskRequest(clusterName, clientToken, context.now);
    const found = both(
      requireCluster(context, input.cluster),
      requireActiveTaskDefinition(
        context,
        { clusterName, reference: input.taskDefinition ?? '' },
        'InvalidParameterException',
      ),
    );
    // A repeated call is answered even if its definition has become INACTIVE, so nobody awaits the rejection of `found`
    // then.
    found.catch(() => undefined);
    const repeated = await earlier;
    if (repeated !== undefined) return answerRepeatedCall(context, { clusterName, digest, repeated });
    const [cluster, taskDefinition] = await found;
    const command = buildCommand(input, { ...context, cluster, taskDefinition, digest });
    const outcome = await context.workflows.runTask(clientToken ?? randomUUID(), command);
    return answerPlacement(context, clusterName, outcome);
  },
};

function buildCommand(
  input: RunTaskRequest,
  found: {
    readonly cluster: ClusterRecord;
    readonly taskDefinition: TaskDefinitionRecord;
    readonly digest: string;
    readonly partition: Partition;
    readonly hasEnvironmentFiles: boolean;
  },
): RunTaskCommand {
  const { cluster, taskDefinition, digest, partition, hasEnvironmentFiles } = found;
  const compute = resolveCompute(input, cluster, partition);
  const launchType = launchTypeOf(compute);
  checkPlatformVersion(input.platformVersion, launchType);
  const platformVersion = launchType === 'FARGATE' ? resolvePlatformVersion(input.platformVersion) : undefined;
  return {
    kind: 'RunTask',
    ...buildCommonMembers(input, {
      ...{ clusterName: cluster.clusterName, taskDefinition, launchType, hasEnvironmentFiles },
    }),
    count: input.count ?? 1,
    ...member('capacityProviderStrategy', compute.capacityProviderStrategy),
    ...member('platformVersion', platformVersion),
    ...resolvePlacement(input, taskDefinition.definition, launchType),
    ...member('clientToken', input.clientToken),
    digest,
  };
}
