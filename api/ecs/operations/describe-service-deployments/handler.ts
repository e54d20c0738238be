/** The DescribeServiceDeployments operation. */
import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  ServiceDeployment,
} from '@aws-sdk/client-ecs';
import type { Operation, OperationContext } from '../../../operation.ts';
import { missing } from '../../present/failure.ts';
import { presentServiceDeployment } from '../../present/service-deployment.ts';
import { findService } from '../../read/services.ts';
import { checkBatch } from '../../rules/identifiers.ts';
import { readHistoryArn, type HistoryReference } from '../../read/service-history.ts';

const MOST_SERVICE_DEPLOYMENTS = 20;

/** Returns the service deployments that exist, in the requested order; the others are MISSING. */
export const describeServiceDeployments: Operation<
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse
> = {
  name: 'DescribeServiceDeployments',
  effect: 'reads',
  async handle(input, context) {
    const arns = [...new Set(input.serviceDeploymentArns)];
    checkBatch('ServiceDeploymentArns', arns, MOST_SERVICE_DEPLOYMENTS);
    const references = arns.map((arn) => readHistoryArn('service-deployment', arn, context));
    const found = await Promise.all(references.map((reference) => describe(reference, context)));
    return {
      serviceDeployments: found.filter((each) => each !== undefined),
      failures: arns.filter((_, i) => found[i] === undefined).map(missing),
    };
  },
};

async function describe(
  reference: HistoryReference,
  context: Pick<OperationContext, 'store' | 'partition'>,
): Promise<ServiceDeployment | undefined> {
  const [deployment] = await context.store.getServiceDeployments(reference, [reference.id]);
  const record = deployment && (await findService(context, reference.clusterName, reference.serviceName));
  return deployment && record && presentServiceDeployment(deployment, record, context.partition);
}
