/** The container-instance workflow under skipped time: silence, giving up, draining and deregistration. */
import { describe, expect, it } from 'vitest';
import { containerInstanceWorkflowId } from '../../model/workflow-ids.ts';
import { deregisterInstanceUpdate, setInstanceStatusUpdate } from '../../workflows/messages.ts';
import { checked, createCommand, runTaskCommand } from '../support/commands.ts';
import { isConnected, joinInstance, registerInstance } from '../support/register-instance.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const handle = (stage: Stage, id: string) => stage.client.getHandle(containerInstanceWorkflowId(stage.cluster, id));
const GIVE_UP_AFTER_MS = 60_000;
const joined = (stage: Stage) => joinInstance(stage, GIVE_UP_AFTER_MS);

describe('container instance', () => {
  it('gets work once its agent attends', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      expect(stage.control.instances.get(id)).toMatchObject({ status: 'ACTIVE', agentConnected: true });
      expect(stage.host.attended[0]).toMatchObject({ sessionId: 'session-1' });
    }));

  it('keeps its tasks through a short silence', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('runs', () => stage.control.live()[0]?.lastStatus === 'RUNNING');
      stage.killAgent(id);
      await stage.until('disconnected', () => !isConnected(stage, id));
      await stage.pass(GIVE_UP_AFTER_MS * 0.55);
      await stage.reviveAgent(id);
      await stage.until('connected again', () => isConnected(stage, id));
      // The second silence is counted from zero: both together would be too long.
      stage.killAgent(id);
      await stage.pass(GIVE_UP_AFTER_MS * 0.55);
      expect([...stage.control.tasks.values()]).toHaveLength(1);
      expect(stage.control.live()[0]?.lastStatus).toBe('RUNNING');
    }));

  it('tells the owners of its tasks about a new session of its agent, but not about a short silence', () =>
    withStage(env, async (stage) => {
      const returned = () => stage.control.notices.filter(({ notice }) => notice.kind === 'returned').length;
      const id = await joined(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('runs', () => stage.control.live()[0]?.lastStatus === 'RUNNING');
      // The first session may have been told of while the task was placed.
      const before = returned();
      stage.killAgent(id);
      await stage.until('disconnected', () => !isConnected(stage, id));
      await stage.reviveAgent(id);
      await stage.until('connected again', () => isConnected(stage, id));
      await stage.pass(2_000);
      expect(returned()).toBe(before);
      await registerInstance(stage, id, 'session-2');
      await stage.until('it is told', () => returned() > before);
    }));

  it('is given up if it stays silent: its tasks are replaced elsewhere, and a returning agent must register again', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 2 }));
      await stage.until('both run', () => stage.control.live().filter((t) => t.lastStatus === 'RUNNING').length === 2);
      const lost = stage.control.live().map((t) => t.taskId);
      const other = await stage.addInstance();
      stage.killAgent(id);
      await stage.until(
        'replaced',
        () => {
          const live = stage.control.live();
          return live.length === 2 && live.every((t) => t.containerInstanceId === other && t.lastStatus === 'RUNNING');
        },
        240_000,
      );
      for (const taskId of lost) {
        expect(stage.control.tasks.get(taskId)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TerminationNotice' });
      }
      // The old session does not return without a comparison.
      await stage.reviveAgent(id);
      await stage.until('watched again', () => stage.host.attended.at(-1)?.sessionId === 'given-up');
      expect(isConnected(stage, id)).toBe(false);
      const { expectedTasks } = await registerInstance(stage, id, 'session-2');
      expect(expectedTasks).toEqual([]);
      await stage.until('connected', () => isConnected(stage, id));
    }));

  it('does not take back tasks that it gave up, even before their owners know', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      await stage.runTask('t', runTaskCommand(stage.cluster));
      await stage.until('runs', () => stage.control.live()[0]?.lastStatus === 'RUNNING');
      stage.control.deliver = () => Promise.resolve();
      stage.killAgent(id);
      await stage.until('given up', () => stage.control.notices.some(({ notice }) => notice.kind === 'lost'), 240_000);
      // The server's clock would stand still for a watch that ends before it has begun.
      const watched = (session: string) =>
        stage.until(`watched in ${session}`, () => stage.host.watchOf(id) === session);
      await watched('given-up');
      for (const session of ['session-2', 'session-3']) {
        expect((await registerInstance(stage, id, session)).expectedTasks).toEqual([]);
        await watched(session);
      }
      expect(stage.control.live()).toHaveLength(1);
      // Launches that Temporal retries stay void, also in the agent's next session.
      await stage.reviveAgent(id);
      const ordersFrom = (await registerInstance(stage, id, 'session-4')).ordersFrom!;
      expect(ordersFrom).toBeGreaterThan(stage.control.live()[0]!.createdAt);
      await watched('session-4');
      await stage.until('connected', () => isConnected(stage, id));
      expect((await registerInstance(stage, id, 'session-5')).ordersFrom).toBe(ordersFrom);
    }));

  it('tells a returning agent what should run there', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      await stage.until('runs', () => stage.control.live()[0]?.lastStatus === 'RUNNING');
      const { expectedTasks } = await registerInstance(stage, id, 'session-2');
      expect(expectedTasks).toMatchObject([{ taskId: taskIds[0], lastStatus: 'RUNNING', desiredStatus: 'RUNNING' }]);
      await stage.until('connected', () => isConnected(stage, id));
    }));

  it('has lost launches ordered again', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      stage.host.fate = () => 'hangs';
      await stage.runTask('t', runTaskCommand(stage.cluster));
      await stage.until('launched', () => stage.host.launched.length === 1);
      await registerInstance(stage, id, 'session-2');
      await stage.until('launched again', () => stage.host.launched.length === 2);
      expect(stage.host.launched[1]!.task.taskId).toBe(stage.host.launched[0]!.task.taskId);
    }));

  it('drains: service tasks move, standalone ones stay', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      stage.host.health = 'HEALTHY';
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }, checked()));
      await stage.until('both run', () => stage.control.live().filter((t) => t.lastStatus === 'RUNNING').length === 2);
      const other = await stage.addInstance();
      await handle(stage, id).executeUpdate(setInstanceStatusUpdate, { args: [{ status: 'DRAINING' }] });
      await stage.until('moved', () => {
        const mine = stage.control.live().filter((t) => t.serviceName === 'web');
        return mine.length === 1 && mine[0]!.containerInstanceId === other && mine[0]!.lastStatus === 'RUNNING';
      });
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject({ lastStatus: 'RUNNING', containerInstanceId: id });
    }));

  it('is deregistered by force only while tasks run', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      await expect(
        handle(stage, id).executeUpdate(deregisterInstanceUpdate, { args: [{ force: false }] }),
      ).rejects.toMatchObject({
        cause: { type: 'InvalidParameterException', message: 'Found running tasks on the instance.' },
      });
      await handle(stage, id).executeUpdate(deregisterInstanceUpdate, { args: [{ force: true }] });
      await handle(stage, id).result();
      expect(stage.control.instances.get(id)?.status).toBe('INACTIVE');
      await stage.until('stopped', () => stage.control.tasks.get(taskIds[0]!)?.lastStatus === 'STOPPED');
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject({
        stopCode: 'UserInitiated',
        stoppedReason: 'Container instance deregistration forced by user',
      });
    }));

  it('tells the owner of a task that was reserved while the deregistration looked for tasks', () =>
    withStage(env, async (stage) => {
      const id = await joined(stage);
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      stage.control.nextListingIsEarly = true;
      await handle(stage, id).executeUpdate(deregisterInstanceUpdate, { args: [{ force: false }] });
      await handle(stage, id).result();
      await stage.until('stopped', () => stage.control.tasks.get(taskIds[0]!)?.lastStatus === 'STOPPED');
    }));
});
