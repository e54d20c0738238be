/**
 * BatchGetSecretValue: values of up to twenty secrets. The caller needs GetSecretValue on each; what may not be read, or does not
 * exist, is an entry of Errors.
 */
import type {
  APIErrorType,
  BatchGetSecretValueRequest,
  BatchGetSecretValueResponse,
  SecretValueEntry,
} from '@aws-sdk/client-secrets-manager';
import { isAwsError } from '../../../model/errors.ts';
import { listKeyOf } from '../../../model/secrets/secret.ts';
import { authorize } from '../../auth/authorize.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { scanned, tokenPage } from '../../protocol/pages.ts';
import { accessToSecret } from '../access.ts';
import { presentValue } from '../present.ts';
import { invalidParameter } from '../refusals.ts';
import { filterNames, filterOf } from '../rules/filters.ts';
import { badToken } from './lists.ts';
import { readAndRecord } from './values.ts';

const PAGE = 20;

export const batchGetSecretValue: Operation<BatchGetSecretValueRequest, BatchGetSecretValueResponse> = {
  name: 'BatchGetSecretValue',
  effect: 'reads',
  async handle(input, context) {
    const { SecretIdList: ids, Filters: filters } = input;
    if ((ids === undefined) === (filters === undefined)) {
      throw invalidParameter('You must include Filters or SecretIdList, but not both.');
    }
    if (ids !== undefined) {
      if (input.MaxResults !== undefined || input.NextToken !== undefined) {
        throw invalidParameter('MaxResults and NextToken are for Filters only.');
      }
      return answers(context, [...new Set(ids)]);
    }
    const keep = filterOf(filters);
    const list = ['BatchGetSecretValue', ...filterNames(filters)];
    const { items, paging } = await tokenPage({ list, defaultSize: PAGE, badToken }, input, (page) =>
      scanned(page, {
        load: (batch) => context.store.listSecrets({ order: 'desc', withDeleted: false }, batch),
        ...{ keep, keyOf: listKeyOf },
      }),
    );
    return {
      ...(await answers(
        context,
        items.map(({ arn }) => arn),
      )),
      ...paging,
    };
  },
};

async function answers(context: OperationContext, ids: readonly string[]): Promise<BatchGetSecretValueResponse> {
  const SecretValues: SecretValueEntry[] = [];
  const Errors: APIErrorType[] = [];
  for (const secretId of ids) {
    try {
      await mayRead(context, secretId);
      SecretValues.push(presentValue(await readAndRecord(context, { secretId })));
    } catch (error) {
      // Without the store or the key there is no answer at all.
      if (!isAwsError(error) || error.code === 'ServiceUnavailable') throw error;
      Errors.push({ SecretId: secretId, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues, Errors };
}

async function mayRead(context: OperationContext, secretId: string): Promise<void> {
  const { caller, now, circumstances, tell } = context;
  const asked = await accessToSecret('GetSecretValue', { SecretId: secretId }, context);
  const tagsOf = (): Promise<undefined> => Promise.resolve(undefined);
  await authorize(caller, [asked], { now, context: circumstances, tagsOf, judged: (by) => tell.judged(by) });
}
