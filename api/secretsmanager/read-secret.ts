/** Reads one value of a secret: for GetSecretValue, and for whoever resolves what a task definition names. */
import type { Partition } from '../../model/arn.ts';
import { parseSecretId } from '../../model/secrets/arn.ts';
import type { Secret, SecretTag, SecretVersion } from '../../model/secrets/secret.ts';
import type { SecretStore } from '../../store/contract/secrets.ts';
import type { SealedValues } from '../auth/sealed-values.ts';
import { invalidRequest, markedForDeletion, noSuchSecret, noSuchVersion } from './refusals.ts';

export const CURRENT = 'AWSCURRENT';

export interface ReadingSecrets {
  readonly store: Pick<SecretStore, 'findSecret' | 'readSealedSecret'>;
  readonly values: SealedValues;
  readonly partition: Partition;
}

/** Which value: of the version with the id, else of that with the stage, else of AWSCURRENT. */
export interface WantedSecret {
  /** A name, a whole ARN, or an ARN without the six characters at its end. */
  readonly secretId: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

export interface SecretValue {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
  readonly stages: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly tags: readonly SecretTag[];
  /** Exactly one of the two. */
  readonly secretString?: string;
  readonly secretBinary?: Uint8Array;
}

/** Throws ResourceNotFoundException. */
export async function findSecret(
  { store, partition }: Pick<ReadingSecrets, 'store' | 'partition'>,
  secretId: string,
): Promise<Secret> {
  const key = parseSecretId(partition, secretId);
  const secret = key && (await store.findSecret(key));
  if (secret === undefined) throw noSuchSecret();
  return secret;
}

/**
 * Throws ResourceNotFoundException for a secret or version that does not exist, InvalidRequestException for a secret that is
 * marked for deletion, ServiceUnavailable for a value that no master key opens. Whether the caller may read it is for the
 * caller's caller to know: policies look at the secret that `findSecret` finds.
 */
export async function readSecret(reading: ReadingSecrets, wanted: WantedSecret): Promise<SecretValue> {
  return valueOf(reading, await findSecret(reading, wanted.secretId), wanted);
}

/** The same, of a secret that was found already. */
export async function valueOf(
  { store, values }: Pick<ReadingSecrets, 'store' | 'values'>,
  secret: Secret,
  wanted: Omit<WantedSecret, 'secretId'>,
): Promise<SecretValue> {
  if (secret.deletion !== undefined) throw markedForDeletion();
  const version = versionOf(secret, wanted);
  const sealed = await store.readSealedSecret(secret.arn, version.id);
  // Somebody removed it since.
  if (sealed === undefined) throw noSuchVersion(`VersionId: ${version.id}`);
  const content = values.openSecret(sealed, secret.arn, version.id);
  return {
    ...{ arn: secret.arn, name: secret.name, versionId: version.id, stages: version.stages },
    ...{ createdAt: version.createdAt, tags: secret.tags },
    ...(content.kind === 'string' ? { secretString: content.secretString } : { secretBinary: content.secretBinary }),
  };
}

function versionOf({ versions }: Secret, { versionStage, versionId }: Omit<WantedSecret, 'secretId'>): SecretVersion {
  const stage = versionStage ?? (versionId === undefined ? CURRENT : undefined);
  if (versionId === undefined) {
    const found = versions.find(({ stages }) => stages.includes(stage ?? CURRENT));
    if (found === undefined) throw noSuchVersion(`staging label: ${stage ?? CURRENT}`);
    return found;
  }
  const found = versions.find(({ id }) => id === versionId);
  if (found === undefined) throw noSuchVersion(`VersionId: ${versionId}`);
  if (stage !== undefined && !found.stages.includes(stage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return found;
}
