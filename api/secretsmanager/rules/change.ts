/** Finds the secret that a call is about, and changes it: the one on which the call was allowed, and no other of its name. */
import { parseSecretId } from '../../../model/secrets/arn.ts';
import type { Secret } from '../../../model/secrets/secret.ts';
import type { SealedValueOf, SecretChange } from '../../../store/contract/secrets.ts';
import type { OperationContext } from '../../operation.ts';
import { markedForDeletion, noSuchSecret } from '../refusals.ts';

/** Throws ResourceNotFoundException. */
export async function requireSecret(
  { reads, partition }: Pick<OperationContext, 'reads' | 'partition'>,
  secretId: string | undefined,
): Promise<Secret> {
  const key = parseSecretId(partition, secretId ?? '');
  const secret = key && (await reads.secret(key));
  if (secret === undefined) throw noSuchSecret();
  return secret;
}

type Decide = (secret: Secret, sealedValueOf: SealedValueOf) => Promise<SecretChange | undefined>;

/** The secret as it is then. Throws ResourceNotFoundException, and InvalidRequestException if it is marked for deletion. */
export async function changeSecret(
  context: OperationContext,
  secretId: string | undefined,
  decide: Decide,
): Promise<Secret> {
  return changeAnySecret(context, secretId, (secret, sealedValueOf) => {
    if (secret.deletion !== undefined) throw markedForDeletion();
    return decide(secret, sealedValueOf);
  });
}

/** The same, also of a secret that is marked for deletion. */
export async function changeAnySecret(
  context: OperationContext,
  secretId: string | undefined,
  decide: Decide,
): Promise<Secret> {
  const { arn } = await requireSecret(context, secretId);
  // No secret has an ARN for its name.
  const changed = await context.store.changeSecret({ arn, name: arn }, decide);
  if (changed === undefined) throw noSuchSecret();
  return changed;
}
