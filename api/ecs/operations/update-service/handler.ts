/** The UpdateService operation. */
import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import { isExternal } from '../../../../model/task-set.ts';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { answerService, requireService } from '../../read/services.ts';
import { resolveIdentifier } from '../../rules/identifiers.ts';
import { findTaskDefinition, requireActiveTaskDefinition } from '../../read/task-definitions.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { buildChanges } from './changes.ts';
import { buildExternalChanges } from './external.ts';
import { checkController, checkUpdateService } from './rules.ts';

/** Changes a service; what the request leaves out stays. Answers with the new PRIMARY deployment if there is one. */
export const updateService: Operation<UpdateServiceRequest, UpdateServiceResponse> = {
  name: 'UpdateService',
  effect: 'records',
  async handle(input, context) {
    checkUpdateService(input);
    const clusterName = resolveClusterName(input.cluster, context);
    const serviceName = resolveIdentifier('service', input.service ?? '', { clusterName, ...context });
    const [cluster, record] = await both(
      requireCluster(context, input.cluster),
      requireService(context, clusterName, serviceName),
    );
    if (record.status !== 'ACTIVE') throw new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    checkController(input, record.definition);
    if (isExternal(record.definition)) {
      await context.workflows.updateService(clusterName, serviceName, {
        incarnation: record.incarnation,
        changes: buildExternalChanges(input, record.definition),
        forceNewDeployment: false,
      });
      return answerService(context, clusterName, serviceName);
    }
    const named = input.taskDefinition !== undefined && input.taskDefinition !== '';
    const taskDefinition = named
      ? await requireActiveTaskDefinition(
          context,
          { clusterName, reference: input.taskDefinition ?? '' },
          'ClientException',
        )
      : await findTaskDefinition(context, record.taskDefinitionArn);
    const changes = buildChanges(input, record.definition, {
      cluster,
      taskDefinition: taskDefinition.definition,
      partition: context.partition,
    });
    const propagateTags = changes.propagateTags ?? record.definition.propagateTags;
    await context.workflows.updateService(clusterName, serviceName, {
      incarnation: record.incarnation,
      changes,
      ...(named ? { taskDefinition: taskDefinition.definition } : {}),
      ...(named || propagateTags === 'TASK_DEFINITION' ? { taskDefinitionTags: taskDefinition.tags } : {}),
      forceNewDeployment: input.forceNewDeployment ?? false,
    });
    return answerService(context, clusterName, serviceName);
  },
};
