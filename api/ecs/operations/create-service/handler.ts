/** The CreateService operation. */
import { randomUUID } from 'node:crypto';
import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { answerService, findService } from '../../read/services.ts';
import { requireActiveTaskDefinition } from '../../read/task-definitions.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { buildDefinition } from './definition.ts';
import { buildExternalDefinition, isExternalRequest } from './external.ts';
import { isRepeat } from './idempotency.ts';
import { checkCreateService } from './rules.ts';

/** Creates a REPLICA or DAEMON service, or one with task sets. A repeated request answers with the existing service. */
export const createService: Operation<CreateServiceRequest, CreateServiceResponse> = {
  name: 'CreateService',
  effect: 'records',
  async handle(input, context) {
    checkCreateService(input);
    const clusterName = resolveClusterName(input.cluster, context);
    const serviceName = input.serviceName ?? '';
    const [cluster, [taskDefinition, existing]] = await both(
      requireCluster(context, input.cluster),
      both(
        isExternalRequest(input)
          ? Promise.resolve(undefined)
          : requireActiveTaskDefinition(
              context,
              { clusterName, reference: input.taskDefinition ?? '' },
              'ClientException',
            ),
        findService(context, clusterName, serviceName),
      ),
    );
    const { partition } = context;
    const definition =
      taskDefinition === undefined
        ? buildExternalDefinition(input, cluster)
        : buildDefinition(input, { cluster, taskDefinition: taskDefinition.definition, partition });
    const asked = { definition, taskDefinitionArn: taskDefinition?.definition.taskDefinitionArn };
    if (existing === undefined || !isRepeat(existing, asked)) {
      const command = {
        definition,
        ...(taskDefinition === undefined
          ? {}
          : { taskDefinition: taskDefinition.definition, taskDefinitionTags: taskDefinition.tags }),
        createdBy: context.caller.principal.arn,
        incarnation: randomUUID(),
      };
      await context.workflows.createService(command).catch(async (refusal: unknown) => {
        // If two equal requests come at once, the second finds the service that the first created.
        const created = await findService(context, clusterName, serviceName);
        if (created?.status !== 'ACTIVE' || !isRepeat(created, asked)) throw refusal;
      });
    }
    return answerService(context, clusterName, serviceName);
  },
};
