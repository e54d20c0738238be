/** Turns secrets on record into the answers of Secrets Manager. */
import type {
  DescribeSecretResponse,
  SecretListEntry,
  SecretValueEntry,
  SecretVersionsListEntry,
  Tag,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../../model/defined.ts';
import type { Secret, SecretTag, SecretVersion } from '../../model/secrets/secret.ts';
import type { SecretValue } from './read-secret.ts';

const presentTags = (tags: readonly SecretTag[]): Tag[] => tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** The labels of each version that has any. */
const stagesOf = (versions: readonly SecretVersion[]): Record<string, string[]> =>
  Object.fromEntries(
    versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, [...stages].sort()]),
  );

const common = ({ arn, name, description, createdAt, changedAt, tags, versions }: Secret) => {
  const accessed = versions.flatMap(({ accessedAt }) => accessedAt ?? []);
  return {
    ...{ ARN: arn, Name: name, ...defined({ Description: description }) },
    LastChangedDate: new Date(changedAt),
    ...(accessed.length === 0 ? {} : { LastAccessedDate: new Date(Math.max(...accessed)) }),
    ...(tags.length === 0 ? {} : { Tags: presentTags(tags) }),
    CreatedDate: new Date(createdAt),
  };
};

/** DeletedDate is the time from which on nobody can restore it. */
export const presentSecret = (secret: Secret): DescribeSecretResponse => {
  const stages = stagesOf(secret.versions);
  return {
    ...common(secret),
    ...(secret.deletion === undefined ? {} : { DeletedDate: new Date(secret.deletion.purgeAt) }),
    ...(Object.keys(stages).length === 0 ? {} : { VersionIdsToStages: stages }),
  };
};

/** In lists, DeletedDate is the time at which it was marked for deletion. */
export const listedSecret = (secret: Secret): SecretListEntry => {
  const stages = stagesOf(secret.versions);
  return {
    ...common(secret),
    ...(secret.deletion === undefined ? {} : { DeletedDate: new Date(secret.deletion.markedAt) }),
    ...(Object.keys(stages).length === 0 ? {} : { SecretVersionsToStages: stages }),
  };
};

export const listedVersion = ({ id, stages, createdAt, accessedAt }: SecretVersion): SecretVersionsListEntry => ({
  VersionId: id,
  ...(stages.length === 0 ? {} : { VersionStages: [...stages].sort() }),
  ...(accessedAt === undefined ? {} : { LastAccessedDate: new Date(accessedAt) }),
  CreatedDate: new Date(createdAt),
  KmsKeyIds: ['DefaultEncryptionKey'],
});

export const presentValue = (value: SecretValue): SecretValueEntry => ({
  ARN: value.arn,
  Name: value.name,
  VersionId: value.versionId,
  ...defined({ SecretString: value.secretString, SecretBinary: value.secretBinary }),
  VersionStages: [...value.stages].sort(),
  CreatedDate: new Date(value.createdAt),
});
