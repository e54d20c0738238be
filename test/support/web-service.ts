/** The service `web` of a stage: its workflow, and what most stories about it do. */
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { updateServiceUpdate, type UpdateServiceCommand } from '../../workflows/messages.ts';
import { type EnvOfFile, type Stage, withStage } from './workflow-env.ts';

export const webHandle = ({ client, cluster }: Stage) => client.getHandle(serviceWorkflowId(cluster, 'web'));

/** UpdateService; nothing changes but what the command says. */
export async function updateWeb(stage: Stage, command: Partial<UpdateServiceCommand>): Promise<void> {
  const { incarnation } = stage.control.services.get('web')!;
  const args: [UpdateServiceCommand] = [{ incarnation, changes: {}, forceNewDeployment: false, ...command }];
  await webHandle(stage).executeUpdate(updateServiceUpdate, { args });
}

/** Ends at rest: an activity that a test leaves under way keeps the clock of the next one from skipping. */
export const storyIn = (env: EnvOfFile, act: (stage: Stage) => Promise<void>): Promise<void> =>
  withStage(env, async (stage) => {
    await act(stage);
    await stage.until('nothing stops', () => stage.control.live().every((task) => task.desiredStatus === 'RUNNING'));
    await stage.pass(5_000);
  });
