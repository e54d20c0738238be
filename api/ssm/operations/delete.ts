/** DeleteParameter and DeleteParameters. */
import type { DeleteParameterRequest, DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm';
import { parseParameterId } from '../../../model/secrets/arn.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { parameterNotFound } from '../refusals.ts';

/** Whether there was one. A name that chooses a version names no parameter. */
async function remove({ store, partition }: OperationContext, nameOrArn: string): Promise<boolean> {
  const key = parseParameterId(partition, nameOrArn);
  if (key === undefined || key.selector !== undefined) return false;
  for (const name of key.names) {
    if ((await store.deleteParameters([name])).length > 0) return true;
  }
  return false;
}

export const deleteParameter: Operation<DeleteParameterRequest> = {
  name: 'DeleteParameter',
  effect: 'frees',
  async handle({ Name = '' }, context) {
    if (!(await remove(context, Name))) throw parameterNotFound(Name);
    return {};
  },
};

export const deleteParameters: Operation<DeleteParametersRequest, DeleteParametersResult> = {
  name: 'DeleteParameters',
  effect: 'frees',
  async handle({ Names = [] }, context) {
    const DeletedParameters: string[] = [];
    const InvalidParameters: string[] = [];
    for (const name of new Set(Names)) {
      ((await remove(context, name)) ? DeletedParameters : InvalidParameters).push(name);
    }
    return { DeletedParameters, InvalidParameters };
  },
};
