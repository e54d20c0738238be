/** Spot interruptions under skipped time. */
import { describe, expect, it } from 'vitest';
import { containerInstanceWorkflowId } from '../../model/workflow-ids.ts';
import { interruptInstanceUpdate, setInstanceStatusUpdate } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand } from '../support/commands.ts';
import { registerInstance } from '../support/register-instance.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { type Stage, withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const SPOT = { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' };
const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const handle = (stage: Stage, id: string) => stage.client.getHandle(containerInstanceWorkflowId(stage.cluster, id));
const interrupt = (stage: Stage, id: string) =>
  handle(stage, id).executeUpdate(interruptInstanceUpdate, { args: [{}] });

/** An instance whose workflow watches no agent: a pending watch would keep the clock real. */
async function registered(stage: Stage): Promise<string> {
  const id = await stage.addInstance();
  await registerInstance(stage, id, '');
  stage.control.instances.get(id)!.agentConnected = true;
  return id;
}

describe('an instance that is given notice of a spot interruption', () => {
  it('drains: tasks of services are replaced first, the others are stopped in time, all with the code', () =>
    withStage(env, async (stage) => {
      const id = await registered(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      // The service's task is reserved after the call that created the service was answered.
      await stage.until('both run', () => running(stage).length === 2);
      const [ofService] = running(stage).filter((task) => task.serviceName !== undefined);
      const other = await stage.addInstance();
      await interrupt(stage, id);
      await interrupt(stage, id);
      expect(stage.control.instances.get(id)?.status).toBe('DRAINING');
      await stage.until('replaced', () => stage.control.live().some((task) => task.containerInstanceId === other));
      expect(stage.control.tasks.get(ofService!.taskId)?.lastStatus).toBe('RUNNING');
      await stage.pass(60_000);
      expect(stage.control.tasks.get(ofService!.taskId)).toMatchObject({ lastStatus: 'STOPPED', ...SPOT });
      expect(stage.control.tasks.get(taskIds[0]!)?.lastStatus).toBe('RUNNING');
      await stage.pass(31_000);
      await stage.until('all gone', () => stage.control.live().every((t) => t.containerInstanceId === other), 20_000);
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject(SPOT);
    }));

  it('keeps its tasks if it is made ACTIVE again in time', () =>
    withStage(env, async (stage) => {
      const id = await registered(stage);
      await stage.runTask('t', runTaskCommand(stage.cluster));
      await stage.until('it runs', () => running(stage).length === 1);
      await interrupt(stage, id);
      await stage.pass(30_000);
      await handle(stage, id).executeUpdate(setInstanceStatusUpdate, { args: [{ status: 'ACTIVE' }] });
      await stage.pass(120_000);
      expect(stage.control.live()).toMatchObject([{ lastStatus: 'RUNNING' }]);
    }));
});
