/** Names a call for the records of changes that an operation makes without a workflow. */
import type { CallCause } from '../../model/decision.ts';
import type { OperationContext } from '../operation.ts';

export const callCause = (operation: string, { requestId, caller }: OperationContext): CallCause => ({
  kind: 'call',
  operation,
  requestId,
  principalArn: caller.principal.arn,
});
