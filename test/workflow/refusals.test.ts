/** Values that placement cannot read or the store cannot hold: the owner reports them and still answers. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { deleteServiceUpdate, updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();
const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');

/** A definition that an older version registered. */
const unreadable = taskDefinition({
  revision: 2,
  containerDefinitions: [
    { name: 'web', image: 'web', cpu: 256, memory: 128, resourceRequirements: [{ type: 'GPU', value: 'x' }] },
  ],
});

const refusalOf = (call: Promise<unknown>): Promise<ApplicationFailure> =>
  call.then(
    () => Promise.reject(new Error('accepted')),
    (error: unknown) =>
      error instanceof WorkflowUpdateFailedError ? (error.cause as ApplicationFailure) : Promise.reject(error as Error),
  );

describe('a definition that cannot be read', () => {
  it('is refused by RunTask', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const call = stage.runTask('t1', runTaskCommand(stage.cluster, { taskDefinition: unreadable }));
      expect(await refusalOf(call)).toMatchObject({
        type: 'ClientException',
        message: expect.stringContaining("Invalid GPU resource requirement of container 'web'") as string,
      });
    }));

  it('is reported in an event of the service, which continues with the next definition', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const command = createCommand(stage.cluster, { desiredCount: 1 }, unreadable);
      const { incarnation } = await stage.createService(command);
      await stage.until('it says so', () =>
        stage.control.messages().some((message) => message.includes('Invalid GPU resource requirement')),
      );
      const service = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      const next = taskDefinition({ revision: 3 });
      await service.executeUpdate(updateServiceUpdate, {
        args: [{ incarnation, changes: {}, taskDefinition: next, forceNewDeployment: false }],
      });
      await stage.until('it runs', () => running(stage).length === 1);
    }));
});

describe('what the store refuses for good', () => {
  it('is dropped, and the rest of the change is kept', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const { incarnation } = await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('it runs', () => running(stage).length === 1);
      const { taskId } = running(stage)[0]!;
      stage.control.unstorable = 'poison';
      await stage.host.report(taskId, {
        lastStatus: 'STOPPED',
        stoppedReason: 'poison',
        containers: [{ name: 'web', lastStatus: 'STOPPED', reason: 'poison' }],
      });
      await stage.until('another runs', () => running(stage).length === 1 && running(stage)[0]!.taskId !== taskId);
      expect(stage.control.tasks.get(taskId)).toMatchObject({
        lastStatus: 'STOPPED',
        stoppedReason: 'The store cannot hold it.',
      });
      expect(stage.control.messages().join()).toContain('was unable to record a change as it was');
      const service = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      await service.executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: true }] });
      await service.result();
      expect(stage.control.live()).toEqual([]);
    }));

  it('is refused by RunTask', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      stage.control.unstorable = 'poison';
      const refused = await refusalOf(stage.runTask('t2', runTaskCommand(stage.cluster, { group: 'poison' })));
      expect(refused).toMatchObject({ message: 'The store cannot hold it.' });
    }));
});
