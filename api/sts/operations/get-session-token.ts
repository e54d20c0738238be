/** The GetSessionToken operation: temporary credentials of the user or root who calls. */
import type { GetSessionTokenRequest, GetSessionTokenResponse } from '@aws-sdk/client-sts';
import { parseIamArn } from '../../../model/iam/arn.ts';
import type { Operation } from '../../operation.ts';
import { unsupportedMembers } from '../../protocol/validation-errors.ts';
import { presentCredentials } from '../present.ts';
import { secondsOf } from '../rules/durations.ts';
import { accessDenied } from '../rules/role.ts';

const MOST = { root: 3_600, user: 129_600 } as const;
const DEFAULT = 43_200;

export const getSessionToken: Operation<GetSessionTokenRequest, GetSessionTokenResponse> = {
  name: 'GetSessionToken',
  effect: 'reads',
  handle: async (input, { caller, tokens, now }) => {
    const unsupported = (['SerialNumber', 'TokenCode'] as const).filter((member) => input[member] !== undefined);
    if (unsupported.length > 0) throw unsupportedMembers(unsupported);
    const { principal, temporary } = caller;
    if (principal.kind === 'assumed-role' || principal.kind === 'anonymous' || temporary === true) {
      throw accessDenied('Cannot call GetSessionToken with session credentials');
    }
    const seconds = secondsOf({ asked: input.DurationSeconds, byDefault: DEFAULT, most: MOST[principal.kind] });
    const name = parseIamArn(principal.arn)?.name ?? '';
    const of =
      principal.kind === 'root'
        ? ({ kind: 'root', temporary: true } as const)
        : ({ kind: 'user', name, id: principal.userId } as const);
    return Promise.resolve({ Credentials: presentCredentials(tokens.issue(of, { now, seconds })) });
  },
};
