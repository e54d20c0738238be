/** The operations of Secrets Manager that Longshore answers. */
import type { Operation } from '../../operation.ts';
import { batchGetSecretValue } from './batch.ts';
import { createSecret } from './create.ts';
import { deleteSecret, restoreSecret } from './delete.ts';
import { describeSecret, listSecrets, listSecretVersionIds } from './lists.ts';
import { getRandomPassword } from './password.ts';
import { updateSecretVersionStage } from './stages.ts';
import { tagResource, untagResource } from './tags.ts';
import { getSecretValue, putSecretValue, updateSecret } from './values.ts';

export const operations: readonly Operation[] = [
  batchGetSecretValue,
  createSecret,
  deleteSecret,
  describeSecret,
  getRandomPassword,
  getSecretValue,
  listSecrets,
  listSecretVersionIds,
  putSecretValue,
  restoreSecret,
  tagResource,
  untagResource,
  updateSecret,
  updateSecretVersionStage,
];
