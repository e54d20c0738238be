/** Gets the values that a task's definition only names, before its containers are created. */
import { type TaskControl, TaskCallRefused, type TaskSecrets } from '../../../model/task-calls.ts';
import { namedByContainers } from '../../../model/task-grants.ts';
import { messageOf } from '../runtime/engine-call.ts';
import { RuntimeError } from '../runtime/types.ts';
import type { TaskBlueprint } from './container-spec.ts';

/** Between attempts while the control plane is away: a minute in all. A refusal is final. */
const PAUSES_MS: readonly number[] = [250, 750, 2_000, 4_000, 8_000, 15_000, 30_000];

export interface SecretsDeps {
  /** Asks the control plane. Absent: this agent cannot, so tasks that name secrets do not start. */
  readonly secrets?: TaskControl['secrets'];
}

/** Whether one of these containers, which do not exist yet, names secrets, files of variables or registry credentials. */
export const needsSecrets = ({ definition, launch }: TaskBlueprint, containers: readonly string[]): boolean =>
  namedByContainers(definition, launch.overrides).some(({ name }) => containers.includes(name));

/**
 * The values, by container. Throws ResourceInitializationError. `isWanted`: whether the task still starts; if it does not, nothing
 * is waited for.
 */
export async function fetchSecrets(
  { clusterName, launch: { taskId } }: TaskBlueprint,
  { secrets }: SecretsDeps,
  isWanted: () => boolean,
): Promise<TaskSecrets> {
  if (secrets === undefined) throw initializationError('this agent cannot ask for them.');
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      return await secrets({ clusterName, taskId });
    } catch (error) {
      if (error instanceof TaskCallRefused) throw new RuntimeError('ResourceInitializationError', error.message);
      if (pause === undefined) throw initializationError(`the control plane does not answer: ${messageOf(error)}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (!isWanted()) break;
    }
  }
  throw initializationError('the task was stopped meanwhile.');
}

const initializationError = (reason: string): RuntimeError =>
  new RuntimeError('ResourceInitializationError', `unable to pull secrets or registry auth: ${reason}`);
