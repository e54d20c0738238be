/** Values: GetSecretValue, PutSecretValue, UpdateSecret. */
import type {
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretRequest,
  UpdateSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../../../model/defined.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { presentValue } from '../present.ts';
import { valueOf, type SecretValue, type WantedSecret } from '../read-secret.ts';
import { invalidRequest } from '../refusals.ts';
import { changeSecret, requireSecret } from '../rules/change.ts';
import { contentOf, isRepeated } from '../rules/content.ts';
import { versionIdOf } from '../rules/names.ts';
import { withVersion } from '../rules/stages.ts';

const DAY_MS = 86_400_000;

/** The value, and on record that it was read on this day. */
export async function readAndRecord(
  context: OperationContext,
  { secretId, ...wanted }: WantedSecret,
): Promise<SecretValue> {
  const secret = await requireSecret(context, secretId);
  const value = await valueOf(context, secret, wanted);
  const day = context.now - (context.now % DAY_MS);
  const accessedAt = secret.versions.find(({ id }) => id === value.versionId)?.accessedAt;
  if ((accessedAt ?? 0) < day) await context.store.recordSecretAccess(value.arn, value.versionId, day);
  return value;
}

export const getSecretValue: Operation<GetSecretValueRequest, GetSecretValueResponse> = {
  name: 'GetSecretValue',
  effect: 'reads',
  async handle({ SecretId: secretId = '', VersionId: versionId, VersionStage: versionStage }, context) {
    return presentValue(await readAndRecord(context, { secretId, ...defined({ versionId, versionStage }) }));
  },
};

export const putSecretValue: Operation<PutSecretValueRequest, PutSecretValueResponse> = {
  name: 'PutSecretValue',
  effect: 'records',
  async handle(input, context) {
    const { SecretId, ClientRequestToken, VersionStages: stages } = input;
    const content = contentOf(input);
    if (content === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const id = versionIdOf(ClientRequestToken);
    const { values, now } = context;
    const { arn, name, versions } = await changeSecret(context, SecretId, async (secret, sealedValueOf) => {
      if (await isRepeated({ secret, sealedValueOf }, { id, content }, values)) return undefined;
      return {
        secret: {
          ...secret,
          changedAt: now,
          versions: withVersion(secret.versions, { id, ...defined({ stages }) }, now),
        },
        added: { id, sealed: values.sealSecret(content, secret.arn, id) },
      };
    });
    const labels = versions.find((version) => version.id === id)?.stages ?? [];
    return { ARN: arn, Name: name, VersionId: id, VersionStages: [...labels].sort() };
  },
};

export const updateSecret: Operation<UpdateSecretRequest, UpdateSecretResponse> = {
  name: 'UpdateSecret',
  effect: 'records',
  async handle(input, context) {
    const { SecretId, ClientRequestToken, Description: description } = input;
    const content = contentOf(input);
    const id = versionIdOf(ClientRequestToken);
    const { values, now } = context;
    const { arn, name } = await changeSecret(context, SecretId, async (secret, sealedValueOf) => {
      const described = { ...secret, changedAt: now, ...defined({ description }) };
      if (content === undefined || (await isRepeated({ secret, sealedValueOf }, { id, content }, values))) {
        return { secret: described };
      }
      return {
        secret: { ...described, versions: withVersion(secret.versions, { id }, now) },
        added: { id, sealed: values.sealSecret(content, secret.arn, id) },
      };
    });
    return { ARN: arn, Name: name, ...(content === undefined ? {} : { VersionId: id }) };
  },
};
