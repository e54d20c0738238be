/** An owner was started, but the call that started it was lost: the run ends, and the next call begins another. */
import { describe, expect, it } from 'vitest';
import { RUN_TASK_WORKFLOW, runTaskWorkflowId, SERVICE_WORKFLOW, serviceWorkflowId } from '../../model/workflow-ids.ts';
import { createCommand, runTaskCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const startWithoutCall = (stage: Stage, workflowType: string, workflowId: string) =>
  stage.client.start(workflowType, {
    workflowId,
    taskQueue: stage.taskQueue,
    args: [{ clusterName: stage.cluster, serviceName: 'web' }],
    workflowTaskTimeout: '1 day',
  });
const status = async (stage: Stage, workflowId: string) =>
  (await stage.client.getHandle(workflowId).describe()).status.name;

describe('an owner whose call was lost', () => {
  it.each<[string, string, (cluster: string) => string, (stage: Stage) => Promise<unknown>]>([
    [
      'RunTask',
      RUN_TASK_WORKFLOW,
      (cluster) => runTaskWorkflowId(cluster, 'lost'),
      (stage) => stage.runTask('lost', runTaskCommand(stage.cluster)),
    ],
    [
      'service',
      SERVICE_WORKFLOW,
      (cluster) => serviceWorkflowId(cluster, 'web'),
      (stage) => stage.createService(createCommand(stage.cluster)),
    ],
  ])('ends, and carries out the next call in another run (%s)', (_kind, workflowType, idOf, call) =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const id = idOf(stage.cluster);
      await (await startWithoutCall(stage, workflowType, id)).result();
      await call(stage);
      await stage.until('its tasks run', () => stage.control.live().some((task) => task.lastStatus === 'RUNNING'));
      expect(await status(stage, id)).toBe('RUNNING');
    }),
  );

  it('carries out the call if it comes after all', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const id = runTaskWorkflowId(stage.cluster, 'late');
      const handle = await startWithoutCall(stage, RUN_TASK_WORKFLOW, id);
      await stage.pass(3_000);
      const { taskIds } = await stage.runTask('late', runTaskCommand(stage.cluster));
      await stage.until('it runs', () => stage.control.live().every((task) => task.lastStatus === 'RUNNING'));
      await stage.pass(120_000);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      expect(stage.control.live().map(({ taskId }) => taskId)).toEqual(taskIds);
    }));
});
