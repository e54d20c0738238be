/** DeleteSecret and RestoreSecret. The worker removes what nobody restored in time. */
import type {
  DeleteSecretRequest,
  DeleteSecretResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import { isAwsError } from '../../../model/errors.ts';
import type { Secret } from '../../../model/secrets/secret.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { invalidParameter, noSuchSecret } from '../refusals.ts';
import { changeAnySecret, changeSecret, requireSecret } from '../rules/change.ts';

const DAY_MS = 86_400_000;
const [LEAST_DAYS, MOST_DAYS] = [7, 30];

export const deleteSecret: Operation<DeleteSecretRequest, DeleteSecretResponse> = {
  name: 'DeleteSecret',
  effect: 'frees',
  async handle(input, context) {
    const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced = false } = input;
    if (isForced && days !== undefined) {
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    if (days !== undefined && (days < LEAST_DAYS || days > MOST_DAYS)) {
      throw invalidParameter(
        `The RecoveryWindowInDays value must be between ${LEAST_DAYS} and ${MOST_DAYS} days (inclusive).`,
      );
    }
    const { now } = context;
    if (isForced) return remove(context, SecretId);
    const purgeAt = now + (days ?? MOST_DAYS) * DAY_MS;
    const { arn, name } = await changeSecret(context, SecretId, (secret) =>
      Promise.resolve({ secret: { ...secret, changedAt: now, deletion: { markedAt: now, purgeAt } } }),
    );
    return { ARN: arn, Name: name, DeletionDate: new Date(purgeAt) };
  },
};

/** Removing what does not exist is no error, so that scripts can repeat it. */
async function remove(context: OperationContext, secretId: string | undefined): Promise<DeleteSecretResponse> {
  const DeletionDate = new Date(context.now);
  const secret = await requireSecret(context, secretId).catch((error: unknown): Secret | undefined => {
    if (isAwsError(error) && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  });
  if (secret === undefined) return { ...(secretId === undefined ? {} : { Name: secretId }), DeletionDate };
  await context.store.removeSecret(secret.arn);
  return { ARN: secret.arn, Name: secret.name, DeletionDate };
}

export const restoreSecret: Operation<RestoreSecretRequest, RestoreSecretResponse> = {
  name: 'RestoreSecret',
  effect: 'records',
  async handle({ SecretId }, context) {
    const { arn, name } = await changeAnySecret(context, SecretId, ({ deletion, ...secret }) => {
      // The purge comes some minutes later.
      if (deletion !== undefined && deletion.purgeAt <= context.now) throw noSuchSecret();
      return Promise.resolve(deletion === undefined ? undefined : { secret: { ...secret, changedAt: context.now } });
    });
    return { ARN: arn, Name: name };
  },
};
