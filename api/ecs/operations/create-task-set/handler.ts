/** The CreateTaskSet operation. */
import type { CreateTaskSetRequest, CreateTaskSetResponse } from '@aws-sdk/client-ecs';
import { launchTypeOf } from '../../../../model/capacity-provider.ts';
import type { LaunchType } from '../../../../model/status.ts';
import type { CreateTaskSetCommand } from '../../../../model/commands.ts';
import type { Operation } from '../../../operation.ts';
import { LATEST_PLATFORM_VERSION } from '../../../../model/wire/platform.ts';
import { both } from '../../read/both.ts';
import { digestOf } from '../../digest.ts';
import { checkCompatibility, checkPlatformVersion, resolveCompute } from '../../rules/launch-type.ts';
import { member } from '../../members.ts';
import { resolveNetworkConfiguration } from '../../rules/network-configuration.ts';
import { checkClientToken } from '../../rules/ownership.ts';
import { resolvePlacement } from '../../rules/placement.ts';
import { refuseUnsupportedParts } from '../../rules/service-parts.ts';
import { requireActiveTaskDefinition } from '../../read/task-definitions.ts';
import { answerTaskSet, requireExternalService } from '../../read/task-sets.ts';
import { resolveScale } from '../../rules/task-sets.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { requireCluster } from '../../read/clusters.ts';
import { validateTags } from '../../rules/tags.ts';

const MOST_TOKEN_CHARACTERS = 36;

/**
 * Adds a task set to a service with the deployment controller EXTERNAL. A repeated clientToken answers with the first
 * task set.
 */
export const createTaskSet: Operation<CreateTaskSetRequest, CreateTaskSetResponse> = {
  name: 'CreateTaskSet',
  effect: 'records',
  async handle(input, context) {
    checkClientToken(input.clientToken, MOST_TOKEN_CHARACTERS);
    const { loadBalancers, serviceRegistries } = input;
    refuseUnsupportedParts({
      ...member('loadBalancers', loadBalancers),
      ...member('serviceRegistries', serviceRegistries),
    });
    const scale = resolveScale(input.scale);
    const tags = validateTags(input.tags);
    const named = resolveClusterName(input.cluster, context);
    const [cluster, [record, { definition: taskDefinition, tags: taskDefinitionTags }]] = await both(
      requireCluster(context, input.cluster),
      both(
        requireExternalService({ cluster: input.cluster, service: input.service }, context),
        requireActiveTaskDefinition(
          context,
          { clusterName: named, reference: input.taskDefinition ?? '' },
          'InvalidParameterException',
        ),
      ),
    );
    const {
      clusterName,
      serviceName,
      launchType: ofService,
      placementConstraints,
      placementStrategy,
    } = record.definition;
    const compute = resolveCompute(computeOf(input, ofService), cluster, context.partition);
    const launchType = launchTypeOf(compute);
    checkCompatibility(taskDefinition, launchType);
    checkPlatformVersion(input.platformVersion, launchType);
    resolvePlacement({ placementConstraints, placementStrategy }, taskDefinition, launchType);
    const platformVersion = launchType === 'FARGATE' ? (input.platformVersion ?? LATEST_PLATFORM_VERSION) : undefined;
    const command: CreateTaskSetCommand = {
      incarnation: record.incarnation,
      taskDefinition,
      taskDefinitionTags,
      ...compute,
      ...member('platformVersion', platformVersion),
      ...member('networkConfiguration', resolveNetworkConfiguration(input.networkConfiguration, taskDefinition)),
      scale,
      ...member('externalId', input.externalId),
      ...member('clientToken', input.clientToken),
      digest: digestOf(input),
      tags,
    };
    const { taskSetId } = await context.workflows.createTaskSet(clusterName, serviceName, command);
    return { taskSet: await answerTaskSet(record, taskSetId, context) };
  },
};

/** The compute that the request names; if it names none, the service's launch type. */
function computeOf({ launchType, capacityProviderStrategy }: CreateTaskSetRequest, ofService: LaunchType | undefined) {
  const names = launchType !== undefined || (capacityProviderStrategy ?? []).length > 0;
  return {
    ...member('launchType', names ? launchType : ofService),
    ...member('capacityProviderStrategy', capacityProviderStrategy),
  };
}
