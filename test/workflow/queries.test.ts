/** Queries of workflows' memory. */
import { describe, expect, it } from 'vitest';
import { containerInstanceWorkflowId, runTaskWorkflowId, serviceWorkflowId } from '../../model/workflow-ids.ts';
import { instanceQuery, ownedTasksQuery, serviceRowQuery } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand } from '../support/commands.ts';
import { registerInstance } from '../support/register-instance.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { type Stage, withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const tasksInStore = (stage: Stage, ownerWorkflowId: string) =>
  stage.control
    .live()
    .filter((task) => task.ownerWorkflowId === ownerWorkflowId)
    .map(({ taskId, containerInstanceId, lastStatus, desiredStatus, healthStatus, startedAt, version }) => ({
      taskId,
      containerInstanceId,
      lastStatus,
      desiredStatus,
      healthStatus,
      startedAt,
      version,
    }));

describe('what workflows have in memory', () => {
  it('can be queried, and equals the store', () =>
    withStage(env, async (stage) => {
      const instanceId = await stage.addInstance();
      await registerInstance(stage, instanceId, '');
      stage.control.instances.get(instanceId)!.agentConnected = true;
      const command = createCommand(stage.cluster, { desiredCount: 2 });
      await stage.createService(command);
      await stage.runTask('token', runTaskCommand(stage.cluster));
      const running = () => stage.control.live().filter((task) => task.lastStatus === 'RUNNING');
      await stage.until('all run', () => running().length === 3);
      const { serviceName } = command.definition;
      const serviceId = serviceWorkflowId(stage.cluster, serviceName);
      const service = stage.client.getHandle(serviceId);
      expect(await service.query(ownedTasksQuery)).toHaveLength(2);
      expect(await service.query(ownedTasksQuery)).toEqual(expect.arrayContaining(tasksInStore(stage, serviceId)));
      // Their stacks are not kept, because of worker/lean-promises.ts.
      expect(await service.query('__stack_trace')).toBe('');
      expect(await service.query(serviceRowQuery)).toMatchObject({ status: 'ACTIVE', definition: { desiredCount: 2 } });
      const runTaskId = runTaskWorkflowId(stage.cluster, 'token');
      expect(await stage.client.getHandle(runTaskId).query(ownedTasksQuery)).toEqual(tasksInStore(stage, runTaskId));
      const instance = stage.client.getHandle(containerInstanceWorkflowId(stage.cluster, instanceId));
      expect(await instance.query(instanceQuery)).toEqual({ status: 'ACTIVE', agentConnected: false });
    }));
});
