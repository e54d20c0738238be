/** The DeleteService operation. */
import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { answerService, requireService } from '../../read/services.ts';
import { resolveIdentifier } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { checkDeletable } from './rules.ts';

/**
 * Deletes a service: it is DRAINING until its tasks have stopped, then INACTIVE. Deleting a DRAINING service changes
 * nothing.
 */
export const deleteService: Operation<DeleteServiceRequest, DeleteServiceResponse> = {
  name: 'DeleteService',
  effect: 'frees',
  async handle(input, context) {
    const clusterName = resolveClusterName(input.cluster, context);
    const serviceName = resolveIdentifier('service', input.service ?? '', { clusterName, ...context });
    const [, record] = await both(
      requireCluster(context, input.cluster),
      requireService(context, clusterName, serviceName),
    );
    if (record.status === 'INACTIVE') throw new EcsError('ServiceNotFoundException', 'Service not found.');
    if (record.status === 'ACTIVE') {
      const force = input.force ?? false;
      checkDeletable(record, force);
      await context.workflows.deleteService(clusterName, serviceName, { incarnation: record.incarnation, force });
    }
    return answerService(context, clusterName, serviceName);
  },
};
