/** Answers `/v2/credentials/{id}` as ECS's agent does. */
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { isLive, nameOf } from './host-tasks-view.ts';
import type { TaskKeys } from './task-keys.ts';

/** `code`: ECS's words, which SDKs show. */
const refusal = (status: number, code: string, message: string): Answer =>
  jsonAnswer(status, { code, message: `CredentialsV2Request: ${message}`, HTTPErrorCode: status });

export const noCredentialsId = (): Answer => refusal(400, 'NoIdInRequest', 'No Credential ID in the request');

/** Also for the id of another task: whoever guesses learns nothing. */
export const unknownCredentialsId = (): Answer => refusal(400, 'InvalidIdInRequest', 'Credentials not found');

/** The keys of the task's role. A task that has ended has none. */
export async function answerCredentials(life: TaskLife, keys: TaskKeys): Promise<Answer> {
  if (life.plan.hasTaskRole !== true || !isLive(life)) return unknownCredentialsId();
  try {
    const { roleArn, accessKeyId, secretAccessKey, sessionToken, expiresAt } = await keys.of(nameOf(life));
    return jsonAnswer(200, {
      RoleArn: roleArn,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: new Date(expiresAt).toISOString(),
    });
  } catch (error) {
    if (error instanceof TaskCallRefused) return refusal(400, 'NoCredentialsAssociated', error.message);
    return refusal(
      503,
      'CredentialsUninitialized',
      'Credentials uninitialized for ID: the control plane does not answer',
    );
  }
}
