/** ECS's words for values that a task cannot have: they become its stopped reason. */
import { isAwsError } from '../../model/errors.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';

const PULL = 'unable to pull secrets or registry auth: ';
const RETRIEVAL = `${PULL}execution resource retrieval failed: `;
const TRIED = 'service call has been retried 1 time(s): ';

/** What each kind of refusal begins with. */
export const OF_SECRET = `${RETRIEVAL}unable to retrieve secret from asm: ${TRIED}`;
export const OF_PARAMETER = `${RETRIEVAL}unable to retrieve secrets from ssm: ${TRIED}`;
export const OF_REGISTRY = `${RETRIEVAL}unable to get registry auth from asm: ${TRIED}`;
export const OF_FILE = `failed to download env files: file download command: ${TRIED}`;

/** None of the values can be had. */
export const refusedValues = (reason: string): TaskCallRefused => new TaskCallRefused(`${PULL}${reason}`);

/** A service's refusal as ECS repeats it. Whatever else is thrown, such as ServiceUnavailable, may pass with time. */
export async function refusing<T>(prefix: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isAwsError(error) || error.code === 'ServiceUnavailable') throw error;
    throw new TaskCallRefused(`${prefix}${error.code}: ${error.message}`);
  }
}
