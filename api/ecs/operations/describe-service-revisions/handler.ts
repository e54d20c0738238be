/** The DescribeServiceRevisions operation. */
import type { DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { missing } from '../../present/failure.ts';
import { presentServiceRevision } from '../../present/service-revision.ts';
import { checkBatch } from '../../rules/identifiers.ts';
import { readHistoryArn } from '../../read/service-history.ts';

const MOST_SERVICE_REVISIONS = 20;

/** Returns the service revisions that exist, in the requested order; the others are MISSING. */
export const describeServiceRevisions: Operation<DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse> = {
  name: 'DescribeServiceRevisions',
  effect: 'reads',
  async handle(input, context) {
    const arns = [...new Set(input.serviceRevisionArns)];
    checkBatch('ServiceRevisionArns', arns, MOST_SERVICE_REVISIONS);
    const references = arns.map((arn) => readHistoryArn('service-revision', arn, context));
    const found = await Promise.all(
      references.map(async (reference) => {
        const [revision] = await context.store.getServiceRevisions(reference, [reference.id]);
        return revision && presentServiceRevision(revision, reference, context.partition);
      }),
    );
    return {
      serviceRevisions: found.filter((each) => each !== undefined),
      failures: arns.filter((_, i) => found[i] === undefined).map(missing),
    };
  },
};
