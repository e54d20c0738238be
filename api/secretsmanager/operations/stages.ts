/** UpdateSecretVersionStage: moves a staging label from one version to another. */
import type {
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { defined } from '../../../model/defined.ts';
import type { Operation } from '../../operation.ts';
import { changeSecret } from '../rules/change.ts';
import { withStageMoved } from '../rules/stages.ts';

export const updateSecretVersionStage: Operation<UpdateSecretVersionStageRequest, UpdateSecretVersionStageResponse> = {
  name: 'UpdateSecretVersionStage',
  effect: 'records',
  async handle(input, context) {
    const { SecretId, VersionStage: stage = '', RemoveFromVersionId: removeFrom, MoveToVersionId: moveTo } = input;
    const move = { stage, ...defined({ removeFrom, moveTo }) };
    const { arn, name } = await changeSecret(context, SecretId, (secret) =>
      Promise.resolve({
        secret: { ...secret, changedAt: context.now, versions: withStageMoved(secret.versions, move) },
      }),
    );
    return { ARN: arn, Name: name };
  },
};
