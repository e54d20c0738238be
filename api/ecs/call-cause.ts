/** A call as records name it, for what an operation changes without a workflow. */
import type { CallCause } from '../../model/decision.ts';
import type { OperationContext } from '../operation.ts';

export const callCause = (operation: string, { requestId, principalArn }: OperationContext): CallCause => ({
  kind: 'call',
  operation,
  requestId,
  principalArn,
});
