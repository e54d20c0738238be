/** CreateSecret: a secret, and perhaps its first version. */
import type { CreateSecretRequest, CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
import { defined } from '../../../model/defined.ts';
import type { Secret } from '../../../model/secrets/secret.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import type { SecretContent } from '../../auth/sealed-values.ts';
import { alreadyExists, invalidRequest } from '../refusals.ts';
import { contentOf, isRepeated } from '../rules/content.ts';
import { newArn, requireName, versionIdOf } from '../rules/names.ts';
import { withVersion } from '../rules/stages.ts';
import { withTags } from '../rules/tags.ts';

const ATTEMPTS = 3;

export const createSecret: Operation<CreateSecretRequest, CreateSecretResponse> = {
  name: 'CreateSecret',
  effect: 'records',
  async handle(input, context) {
    const { Name: name = '', Description: description, ClientRequestToken: token, Tags } = input;
    requireName(name);
    const { store, partition, now, values } = context;
    const content = contentOf(input);
    const id = versionIdOf(token);
    const versions = content === undefined ? [] : withVersion([], { id }, now);
    const tags = withTags([], Tags);
    // Another secret may have the same random end of its ARN, although hardly ever.
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const arn = newArn(partition, name);
      const secret: Secret = { arn, name, ...defined({ description }), createdAt: now, changedAt: now, tags, versions };
      const added = content && { id, sealed: values.sealSecret(content, arn, id) };
      if (await store.createSecret({ secret, ...defined({ added }) })) return answer(secret, content && id);
      const other = await store.findSecret({ name });
      if (other !== undefined) return madeBefore(other, { id, content }, context);
    }
    throw new Error(`No ARN was found for a new secret in ${ATTEMPTS} attempts.`);
  },
};

const answer = ({ arn, name }: Secret, versionId: string | undefined): CreateSecretResponse => ({
  ARN: arn,
  Name: name,
  ...defined({ VersionId: versionId }),
});

/** A client that got no answer sends its call again. */
async function madeBefore(
  secret: Secret,
  { id, content }: { readonly id: string; readonly content: SecretContent | undefined },
  { store, values }: OperationContext,
): Promise<CreateSecretResponse> {
  if (secret.deletion !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const sealedValueOf = async (versionId: string): Promise<string> =>
    (await store.readSealedSecret(secret.arn, versionId)) ?? '';
  const repeated = content !== undefined && (await isRepeated({ secret, sealedValueOf }, { id, content }, values));
  if (repeated) return answer(secret, id);
  throw alreadyExists(`The operation failed because the secret ${secret.name} already exists.`);
}
