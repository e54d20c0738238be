/** What `longshore secrets` does with secrets of Secrets Manager. */
import type {
  GetSecretValueResponse,
  ListSecretsResponse,
  PutSecretValueResponse,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import type { Settings } from '../../tools/settings.ts';
import { callService, Refused, SECRETS_MANAGER } from './service.ts';
import type { Kept } from './kept.ts';
import { asText } from './value.ts';

/** An answer as JSON: times in seconds since the epoch, bytes in base64. */
type Listed = Omit<SecretListEntry, 'LastChangedDate' | 'DeletedDate'> & {
  readonly LastChangedDate?: number;
  readonly DeletedDate?: number;
};

export const secrets = (settings: Settings): Kept => {
  const call = <Output>(operation: string, input: object): Promise<Output> =>
    callService<Output>(settings, SECRETS_MANAGER, { operation, input });

  return {
    async list() {
      const found: Listed[] = [];
      for (let next: string | undefined = ''; next !== undefined;) {
        const input = { IncludePlannedDeletion: true, ...(next === '' ? {} : { NextToken: next }) };
        const page: Omit<ListSecretsResponse, 'SecretList'> & { readonly SecretList?: readonly Listed[] } = await call(
          'ListSecrets',
          input,
        );
        found.push(...(page.SecretList ?? []));
        next = page.NextToken;
      }
      return found.map(({ Name: name = '', ARN: arn = '', LastChangedDate: changed = 0, DeletedDate: deleted }) => ({
        name,
        arn,
        changedAt: changed * 1000,
        note: deleted === undefined ? '' : 'marked for deletion',
      }));
    },
    async get(name, { versionId, stage }) {
      const input = { SecretId: name, VersionId: versionId, VersionStage: stage };
      const value = await call<Omit<GetSecretValueResponse, 'SecretBinary'> & { readonly SecretBinary?: string }>(
        'GetSecretValue',
        input,
      );
      return Buffer.from(value.SecretString ?? Buffer.from(value.SecretBinary ?? '', 'base64'));
    },
    async put(name, value, { binary }) {
      const content = binary ? { SecretBinary: value.toString('base64') } : { SecretString: asText(value) };
      const token = { ClientRequestToken: crypto.randomUUID() };
      try {
        const put = await call<PutSecretValueResponse>('PutSecretValue', { SecretId: name, ...content, ...token });
        return `version ${put.VersionId ?? ''}`;
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'ResourceNotFoundException') throw error;
        await call('CreateSecret', { Name: name, ...content, ...token });
        return 'a new secret';
      }
    },
    async delete(name, { force }) {
      const input = { SecretId: name, ...(force ? { ForceDeleteWithoutRecovery: true } : {}) };
      const { DeletionDate: until = 0 } = await call<{ readonly DeletionDate?: number }>('DeleteSecret', input);
      return force ? 'is removed' : `can be restored until ${new Date(until * 1000).toISOString()}`;
    },
  };
};
