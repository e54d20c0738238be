/** The GetAccessKeyInfo operation: the account that a key belongs to. */
import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse } from '@aws-sdk/client-sts';
import { AwsError } from '../../../model/errors.ts';
import { isTemporaryKey } from '../../auth/session-tokens.ts';
import type { Operation } from '../../operation.ts';
import { validationError } from '../../protocol/validation-errors.ts';

const KEY_ID = /^\w{16,128}$/;

export const getAccessKeyInfo: Operation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse> = {
  name: 'GetAccessKeyInfo',
  effect: 'reads',
  async handle({ AccessKeyId: id = '' }, { store, partition }) {
    if (!KEY_ID.test(id)) {
      throw validationError('accessKeyId', id, 'Member must satisfy regular expression pattern: [\\w]{16,128}');
    }
    // A temporary key leaves no record, and every one that this account takes is its own.
    if (!isTemporaryKey(id) && (await store.findAccessKey(id)) === undefined) {
      throw new AwsError('ValidationError', `There is no access key ${id}.`);
    }
    return { Account: partition.account };
  },
};
