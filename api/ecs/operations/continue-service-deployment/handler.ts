/** The ContinueServiceDeployment operation. */
import type { ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { invalid } from '../../rules/refusals.ts';
import { requireRunningServiceDeployment } from '../../read/service-history.ts';

/** Continues a service deployment that a PAUSE hook holds, or rolls it back. */
export const continueServiceDeployment: Operation<ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse> =
  {
    name: 'ContinueServiceDeployment',
    effect: 'records',
    async handle(input, context) {
      const { hookId = '' } = input;
      if (hookId === '') throw invalid('hookId can not be blank.');
      const { reference, record } = await requireRunningServiceDeployment(context, input.serviceDeploymentArn ?? '');
      await context.workflows.continueServiceDeployment(reference.clusterName, reference.serviceName, {
        incarnation: record.incarnation,
        serviceDeploymentId: reference.id,
        hookId,
        action: input.action ?? 'CONTINUE',
      });
      return { serviceDeploymentArn: reference.arn };
    },
  };
