/** The run-task workflow under skipped time. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { runTaskWorkflowId } from '../../model/workflow-ids.ts';
import { stopTaskUpdate } from '../../workflows/messages.ts';
import { runTaskCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

/** Code, message and members of a refused update. */
async function refusal(call: Promise<unknown>): Promise<{ code: unknown; message: string; members: unknown }> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  return { code: error.cause.type, message: error.cause.message, members: error.cause.details?.[0] };
}

describe('run-task', () => {
  it('answers with reserved tasks and ends when the last has stopped', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const outcome = await stage.runTask('t1', runTaskCommand(stage.cluster, { count: 2 }));
      expect(outcome.taskIds).toHaveLength(2);
      expect(outcome.failures).toEqual([]);
      for (const taskId of outcome.taskIds)
        expect(stage.control.tasks.get(taskId)).toMatchObject({ desiredStatus: 'RUNNING' });
      await stage.until('both run', () => stage.control.live().every((t) => t.lastStatus === 'RUNNING'));
      for (const taskId of outcome.taskIds) await stage.host.exit(taskId);
      await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't1')).result();
      expect(stage.control.live()).toEqual([]);
    }));

  it('returns the first answer for the same token, also to a simultaneous call', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const command = runTaskCommand(stage.cluster, { count: 2, clientToken: 't2' });
      const answers = await Promise.all([1, 2, 3].map(() => stage.runTask('t2', command)));
      expect(new Set(answers.map((a) => a.taskIds.join())).size).toBe(1);
      expect(stage.control.tasks.size).toBe(2);
    }));

  it('refuses the same token with other parameters, naming the tasks it started', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const { taskIds } = await stage.runTask('t3', runTaskCommand(stage.cluster));
      const refused = await refusal(stage.runTask('t3', runTaskCommand(stage.cluster, { digest: 'other' })));
      expect(refused.code).toBe('ConflictException');
      expect(refused.members).toEqual({
        resourceIds: [`arn:aws:ecs:us-east-1:123456789012:task/${stage.cluster}/${taskIds[0]}`],
      });
    }));

  it('throws in a cluster without instances, and has a failure for each task that does not fit', () =>
    withStage(env, async (stage) => {
      expect(await refusal(stage.runTask('t4', runTaskCommand(stage.cluster)))).toMatchObject({
        code: 'InvalidParameterException',
        message: 'No Container Instances were found in your cluster.',
      });
      await stage.addInstance({ cpu: 512 });
      const outcome = await stage.runTask('t5', runTaskCommand(stage.cluster, { count: 4 }));
      expect(outcome.taskIds).toHaveLength(2);
      expect(outcome.failures.map((f) => f.reason)).toEqual(['RESOURCE:CPU', 'RESOURCE:CPU']);
    }));

  it('gives no final answer while agents may still reconnect, and the token stays free', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance({ agentConnected: false });
      stage.control.expectsAgents = true;
      const calls = [
        runTaskCommand(stage.cluster, { clientToken: 't8' }),
        runTaskCommand(stage.cluster, { clientToken: 't8', kind: 'StartTask', containerInstanceIds: [id] }),
      ];
      for (const command of calls) {
        expect((await refusal(stage.runTask('t8', command))).code).toBe('ServiceUnavailable');
        await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't8')).result();
      }
      stage.control.expectsAgents = false;
      const gone = await stage.runTask('t9', runTaskCommand(stage.cluster));
      expect(gone.failures.map(({ reason }) => reason)).toEqual(['AGENT']);
      stage.control.instances.get(id)!.agentConnected = true;
      expect((await stage.runTask('t8', calls[0]!)).taskIds).toHaveLength(1);
    }));

  it('places where there is room, whatever agents may still reconnect', () =>
    withStage(env, async (stage) => {
      await stage.addInstance({ agentConnected: false });
      await stage.addInstance();
      stage.control.expectsAgents = true;
      expect((await stage.runTask('t10', runTaskCommand(stage.cluster))).taskIds).toHaveLength(1);
    }));

  it('starts tasks on named instances, and says which are missing', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance();
      const command = runTaskCommand(stage.cluster, { kind: 'StartTask', containerInstanceIds: [id, 'f'.repeat(32)] });
      const outcome = await stage.runTask('t6', command);
      expect(outcome.taskIds).toHaveLength(1);
      expect(outcome.failures).toMatchObject([{ reason: 'MISSING' }]);
    }));

  it('stops a task at its owner, with the reason given', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const { taskIds } = await stage.runTask('t7', runTaskCommand(stage.cluster));
      const handle = stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't7'));
      await stage.until('it runs', () => stage.control.live()[0]?.lastStatus === 'RUNNING');
      await handle.executeUpdate(stopTaskUpdate, { args: [{ taskId: taskIds[0]!, reason: 'enough' }] });
      await handle.result();
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'enough',
      });
    }));

  it('shows awsvpc tasks as PROVISIONING with their interface from the start', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      stage.host.fate = () => 'hangs';
      const command = runTaskCommand(stage.cluster, {
        taskDefinition: taskDefinition({ networkMode: 'awsvpc' }),
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      });
      const { taskIds } = await stage.runTask('t8', command);
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject({
        lastStatus: 'PROVISIONING',
        attachments: [{ type: 'ElasticNetworkInterface', status: 'PRECREATED' }],
      });
    }));
});
