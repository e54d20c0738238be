/** A service replaces its tasks, under skipped time. */
import { describe, expect, it } from 'vitest';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { stopTaskUpdate } from '../../workflows/messages.ts';
import { createCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const service = ({ control }: Stage) => control.services.get('web');

describe('service recovery', () => {
  it('starts the desired count and replaces a task that exits', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster));
      await stage.until('three tasks run', () => running(stage).length === 3);
      const [victim] = running(stage);
      await stage.host.exit(victim!.taskId);
      await stage.until(
        'it is replaced',
        () => running(stage).length === 3 && !running(stage).some((t) => t.taskId === victim!.taskId),
      );
      expect(stage.control.tasks.get(victim!.taskId)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
      });
      expect(service(stage)).toMatchObject({ runningCount: 3, pendingCount: 0 });
    }));

  it('reaches a steady state and reports it once', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster));
      await stage.until('steady', () =>
        stage.control.messages().some((m) => m.endsWith('has reached a steady state.')),
      );
      await stage.pass(60 * 60_000);
      expect(stage.control.messages().filter((m) => m.endsWith('has reached a steady state.'))).toHaveLength(1);
      expect(service(stage)?.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
    }));

  it('replaces a task that a person stopped, and keeps their reason', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('it runs', () => running(stage).length === 1);
      const { taskId } = running(stage)[0]!;
      const handle = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      await handle.executeUpdate(stopTaskUpdate, { args: [{ taskId, reason: 'maintenance' }] });
      expect(stage.control.tasks.get(taskId)).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated' });
      // The stop and the launch end in no order.
      const hasStopped = () => stage.control.tasks.get(taskId)!.lastStatus === 'STOPPED';
      await stage.until('another runs', () => hasStopped() && running(stage).length === 1);
      expect(stage.control.tasks.get(taskId)).toMatchObject({ stoppedReason: 'maintenance' });
    }));

  it('never slows down because of tasks that ran and died', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      const began = await stage.host.now();
      let last = '';
      for (let i = 0; i < 10; i += 1) {
        await stage.until('another runs', () => running(stage).some(({ taskId }) => taskId !== last));
        last = running(stage).find(({ taskId }) => taskId !== last)!.taskId;
        await stage.host.exit(last);
      }
      // The throttle's first two waits alone would take longer.
      expect((await stage.host.now()) - began).toBeLessThan(150_000);
    }));

  it('waits for capacity, tells why, and continues when it appears', () =>
    withStage(env, async (stage) => {
      await stage.addInstance({ cpu: 512 });
      await stage.createService(createCommand(stage.cluster));
      await stage.until('two run', () => running(stage).length === 2);
      expect(service(stage)).toMatchObject({ waitingForCapacity: true });
      expect(stage.control.messages().some((m) => m.includes('has insufficient CPU units available'))).toBe(true);
      await stage.addInstance();
      await stage.until('three run', () => running(stage).length === 3, 120_000);
      expect(service(stage)).toMatchObject({ waitingForCapacity: false });
    }));
});
