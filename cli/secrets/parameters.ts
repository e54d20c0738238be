/** What `longshore secrets --parameter` does with parameters: it puts them as SecureString. */
import type { DescribeParametersResult, GetParameterResult, ParameterMetadata } from '@aws-sdk/client-ssm';
import type { Settings } from '../../tools/settings.ts';
import type { Kept } from './kept.ts';
import { callService, SSM } from './service.ts';
import { asText } from './value.ts';

/** An answer as JSON: times in seconds since the epoch. */
type Listed = Omit<ParameterMetadata, 'LastModifiedDate'> & { readonly LastModifiedDate?: number };

export const parameters = (settings: Settings): Kept => {
  const call = <Output>(operation: string, input: object): Promise<Output> =>
    callService<Output>(settings, SSM, { operation, input });

  return {
    async list() {
      const found: Listed[] = [];
      for (let next: string | undefined = ''; next !== undefined;) {
        const page: Omit<DescribeParametersResult, 'Parameters'> & { readonly Parameters?: readonly Listed[] } =
          await call('DescribeParameters', next === '' ? {} : { NextToken: next });
        found.push(...(page.Parameters ?? []));
        next = page.NextToken;
      }
      return found.map(({ Name: name = '', ARN: arn = '', LastModifiedDate: changed = 0, Type: type = '' }) => ({
        ...{ name, arn, changedAt: changed * 1000, note: type },
      }));
    },
    async get(name) {
      const { Parameter: parameter } = await call<GetParameterResult>('GetParameter', {
        Name: name,
        WithDecryption: true,
      });
      return Buffer.from(parameter?.Value ?? '');
    },
    async put(name, value) {
      const input = { Name: name, Value: asText(value), Type: 'SecureString', Overwrite: true };
      const { Version: version } = await call<{ readonly Version?: number }>('PutParameter', input);
      return version === 1 ? 'a new parameter' : `version ${version ?? ''}`;
    },
    async delete(name) {
      await call('DeleteParameter', { Name: name });
      return 'is removed';
    },
  };
};
