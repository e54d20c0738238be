/** The GetCallerIdentity operation. */
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../../operation.ts';

export const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = {
  name: 'GetCallerIdentity',
  effect: 'reads',
  handle: (
    _input,
    {
      caller: {
        principal: { account, arn, userId },
      },
    },
  ) => Promise.resolve({ Account: account, Arn: arn, UserId: userId }),
};
