/** The service `web` of a stage: its workflow, and what most tests do with it. */
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { UpdateServiceCommand } from '../../model/commands.ts';
import { updateServiceUpdate } from '../../workflows/messages.ts';
import { type EnvOfFile, type Stage, withStage } from './workflow-env.ts';

export const webHandle = ({ client, cluster }: Stage) => client.getHandle(serviceWorkflowId(cluster, 'web'));

/** UpdateService. Only what the command names changes. */
export async function updateWeb(stage: Stage, command: Partial<UpdateServiceCommand>): Promise<void> {
  const { incarnation } = stage.control.services.get('web')!;
  const args: [UpdateServiceCommand] = [{ incarnation, changes: {}, forceNewDeployment: false, ...command }];
  await webHandle(stage).executeUpdate(updateServiceUpdate, { args });
}

/**
 * Waits until nothing is under way: an activity that a test leaves running keeps the clock of the next test from
 * skipping.
 */
export const storyIn = (env: EnvOfFile, act: (stage: Stage) => Promise<void>): Promise<void> =>
  withStage(env, async (stage) => {
    await act(stage);
    await stage.until('nothing stops', () => stage.control.live().every((task) => task.desiredStatus === 'RUNNING'));
    await stage.pass(5_000);
  });
