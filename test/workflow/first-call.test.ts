/** An owner was started, and the call that it was started for was lost: it makes room for a run that takes up what is there. */
import { describe, expect, it } from 'vitest';
import { carriedRunTask, carriedService } from '../../worker/carried-state.ts';
import {
  ownedTasksQuery,
  RUN_TASK_WORKFLOW,
  runTaskWorkflowId,
  SERVICE_WORKFLOW,
  serviceWorkflowId,
  stopTaskUpdate,
  type StopTaskCommand,
} from '../../workflows/messages.ts';
import { packService } from '../../workflows/state.ts';
import { createCommand, runTaskCommand, taskDefinition } from '../support/commands.ts';
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
  ])('ends, and does the next one in another run (%s)', (_kind, workflowType, idOf, call) =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const id = idOf(stage.cluster);
      await (await startWithoutCall(stage, workflowType, id)).result();
      await call(stage);
      await stage.until('its tasks run', () => stage.control.live().some((task) => task.lastStatus === 'RUNNING'));
      expect(await status(stage, id)).toBe('RUNNING');
    }),
  );

  it('does the call when it comes after all', () =>
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

/** Past the time that a call has to come, and far from the worker's next look. */
const SOON_MS = 10_000;

const heldBy = async (stage: Stage, workflowId: string) =>
  (await stage.client.getHandle(workflowId).query(ownedTasksQuery)).map(({ taskId }) => taskId);

/** The run is gone, its rows are there; another begins, and its call is lost. */
async function loseRun(stage: Stage, workflowType: string, workflowId: string): Promise<void> {
  const definition = { definition: taskDefinition(), status: 'ACTIVE' as const, tags: [] };
  stage.control.lostOwners = {
    takeUpService: ({ serviceName }) => {
      const [record, tasks] = [stage.control.services.get(serviceName)!, stage.control.live()];
      return Promise.resolve(packService(carriedService({ record, tasks, definitions: [definition], draining: [] })));
    },
    takeUpRunTask: () => Promise.resolve(carriedRunTask(stage.control.live(), definition)),
  };
  await stage.client.getHandle(workflowId).terminate();
  await startWithoutCall(stage, workflowType, workflowId);
}

describe('what the lost step had written', () => {
  it('is taken up by the same run within seconds (service)', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const command = createCommand(stage.cluster);
      await stage.createService(command);
      await stage.until('it runs', () => stage.control.live().some((task) => task.lastStatus === 'RUNNING'));
      const taskIds = stage.control.live().map(({ taskId }) => taskId);
      const id = serviceWorkflowId(stage.cluster, 'web');
      await loseRun(stage, SERVICE_WORKFLOW, id);
      await stage.pass(SOON_MS);
      expect(await heldBy(stage, id)).toEqual(taskIds);
      // Its caller asks again after all.
      expect(await stage.createService(command)).toEqual({ incarnation: command.incarnation });
      expect(stage.control.live().map(({ taskId }) => taskId)).toEqual(taskIds);
    }));

  it('is taken up by the same run within seconds (RunTask)', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const command = runTaskCommand(stage.cluster);
      const { taskIds } = await stage.runTask('lost', command);
      await stage.until('it runs', () => stage.control.live().every((task) => task.lastStatus === 'RUNNING'));
      const id = runTaskWorkflowId(stage.cluster, 'lost');
      await loseRun(stage, RUN_TASK_WORKFLOW, id);
      await stage.pass(SOON_MS);
      expect(await heldBy(stage, id)).toEqual(taskIds);
      expect(await stage.runTask('lost', command)).toEqual({ taskIds, failures: [] });
      expect(stage.control.live().map(({ taskId }) => taskId)).toEqual(taskIds);
    }));

  it('is there for a change that comes before that', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const { taskIds } = await stage.runTask('lost', runTaskCommand(stage.cluster));
      await stage.until('it runs', () => stage.control.live().every((task) => task.lastStatus === 'RUNNING'));
      const id = runTaskWorkflowId(stage.cluster, 'lost');
      await loseRun(stage, RUN_TASK_WORKFLOW, id);
      const args: [StopTaskCommand] = [{ taskId: taskIds[0]!, reason: 'enough' }];
      await stage.client.getHandle(id).executeUpdate(stopTaskUpdate, { args });
      expect(stage.control.live().filter((task) => task.desiredStatus === 'RUNNING')).toEqual([]);
    }));
});
