/** The StopServiceDeployment operation. */
import type { StopServiceDeploymentRequest, StopServiceDeploymentResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { requireRunningServiceDeployment } from '../../read/service-history.ts';

/** Ends a service deployment and rolls back to the last completed revision, unless the request says ABORT. */
export const stopServiceDeployment: Operation<StopServiceDeploymentRequest, StopServiceDeploymentResponse> = {
  name: 'StopServiceDeployment',
  effect: 'frees',
  async handle(input, context) {
    const { reference, record } = await requireRunningServiceDeployment(context, input.serviceDeploymentArn ?? '');
    await context.workflows.stopServiceDeployment(reference.clusterName, reference.serviceName, {
      incarnation: record.incarnation,
      serviceDeploymentId: reference.id,
      stopType: input.stopType ?? 'ROLLBACK',
    });
    return { serviceDeploymentArn: reference.arn };
  },
};
