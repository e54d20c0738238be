/** Rolling updates, scaling and deletion under skipped time. */
import { describe, expect, it } from 'vitest';
import { deleteServiceUpdate, taskReportsSignal } from '../../workflows/messages.ts';
import { checked, createCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { updateWeb, webHandle } from '../support/web-service.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const ofRevision = (stage: Stage, revision: number) => running(stage).filter((task) => task.revision === revision);
const service = ({ control }: Stage) => control.services.get('web');

async function steadyService(stage: Stage, desiredCount: number, definition = taskDefinition()): Promise<void> {
  await stage.addInstance();
  await stage.createService(createCommand(stage.cluster, { desiredCount }, definition));
  await stage.until('all run', () => running(stage).length === desiredCount);
  await stage.until('completed', () => service(stage)?.deployments[0]?.rolloutState === 'COMPLETED');
}

describe('rolling update', () => {
  it('starts the new revision before the old one stops, always within both bounds', () =>
    withStage(env, async (stage) => {
      await steadyService(stage, 4);
      await updateWeb(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      expect(service(stage)?.deployments.map((d) => d.status)).toEqual(['PRIMARY', 'ACTIVE']);
      for (let i = 0; i < 200 && service(stage)!.deployments.length > 1; i += 1) {
        const up = stage.control.live().filter((t) => t.desiredStatus === 'RUNNING').length;
        expect(up).toBeLessThanOrEqual(8);
        expect(running(stage).length).toBeGreaterThanOrEqual(4);
        await stage.pass(1000);
      }
      expect(ofRevision(stage, 2)).toHaveLength(4);
      expect(service(stage)?.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
      expect(service(stage)?.taskDefinitionArn).toMatch(/web:2$/);
    }));

  it('keeps the old revision serving while new tasks are slow to start', () =>
    withStage(env, async (stage) => {
      await steadyService(stage, 2);
      stage.host.fate = () => 'hangs';
      await updateWeb(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      await stage.pass(30 * 60_000);
      expect(ofRevision(stage, 1)).toHaveLength(2);
      expect(service(stage)?.deployments[0]?.rolloutState).toBe('IN_PROGRESS');
      for (const task of stage.control.live()) if (task.revision === 2) await stage.host.start(task.taskId);
      await stage.until('rolled', () => service(stage)?.deployments.length === 1);
      expect(ofRevision(stage, 2)).toHaveLength(2);
    }));

  it('keeps the old revision serving while new tasks fail to start, and replaces it once they do', () =>
    withStage(env, async (stage) => {
      await steadyService(stage, 2);
      stage.host.fate = (task) => (task.taskDefinitionArn.endsWith(':2') ? 'fails' : 'starts');
      await updateWeb(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      await stage.pass(10 * 60_000);
      expect(ofRevision(stage, 1)).toHaveLength(2);
      expect(service(stage)!.deployments[0]!.failedTasks).toBeGreaterThanOrEqual(3);
      await updateWeb(stage, { taskDefinition: taskDefinition({ revision: 3 }) });
      await stage.until('rolled', () => service(stage)?.deployments.length === 1);
      expect(ofRevision(stage, 3)).toHaveLength(2);
    }));

  it('waits until checked new tasks are healthy, and replaces one that turns unhealthy', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster, { desiredCount: 2 }, checked()));
      await stage.until('both run', () => running(stage).length === 2);
      const health = (healthStatus: 'HEALTHY' | 'UNHEALTHY', revision: number) =>
        Promise.all(
          ofRevision(stage, revision).map((t) =>
            stage.host.report(t.taskId, { lastStatus: 'RUNNING', healthStatus, startedAt: t.startedAt! }),
          ),
        );
      await health('HEALTHY', 1);
      await stage.until('completed', () => service(stage)?.deployments[0]?.rolloutState === 'COMPLETED');

      await updateWeb(stage, { taskDefinition: checked({ revision: 2 }) });
      await stage.until('new ones run', () => ofRevision(stage, 2).length === 2);
      await stage.pass(10 * 60_000);
      expect(ofRevision(stage, 1)).toHaveLength(2);
      await health('HEALTHY', 2);
      await stage.until('rolled', () => service(stage)?.deployments.length === 1);

      const sick = ofRevision(stage, 2)[0]!;
      await stage.host.report(sick.taskId, {
        lastStatus: 'RUNNING',
        healthStatus: 'UNHEALTHY',
        startedAt: sick.startedAt!,
      });
      await stage.until('a replacement runs', () => running(stage).length === 3);
      for (const { taskId, startedAt } of ofRevision(stage, 2)) {
        const healthStatus = taskId === sick.taskId ? 'UNHEALTHY' : 'HEALTHY';
        await stage.host.report(taskId, { lastStatus: 'RUNNING', healthStatus, startedAt: startedAt! });
      }
      await stage.until('the sick one is gone', () => stage.control.tasks.get(sick.taskId)?.lastStatus === 'STOPPED');
      expect(stage.control.messages().some((m) => m.includes('replaced 1 tasks due to an unhealthy status'))).toBe(
        true,
      );
    }));

  it('continues in a new run when its history is long, in the middle of a deployment', () =>
    withStage(env, async (stage) => {
      await steadyService(stage, 3);
      stage.host.fate = () => 'hangs';
      await updateWeb(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      await stage.until('launched', () => stage.host.launched.length === 6);
      const { runId } = await webHandle(stage).describe();
      for (let i = 0; i < 42; i += 1) {
        await Promise.all(Array.from({ length: 100 }, () => webHandle(stage).signal(taskReportsSignal, [])));
      }
      await expect.poll(async () => (await webHandle(stage).describe()).runId, { timeout: 90_000 }).not.toBe(runId);
      const fresh = stage.control.live().filter((task) => task.revision === 2);
      expect(fresh).toHaveLength(3);
      for (const task of fresh) await stage.host.start(task.taskId);
      await stage.until('rolled', () => service(stage)?.deployments.length === 1);
      expect(
        running(stage)
          .map((t) => t.taskId)
          .sort(),
      ).toEqual(fresh.map((t) => t.taskId).sort());
    }));
});

describe('scale and delete', () => {
  it('scales in and out without a new deployment', () =>
    withStage(env, async (stage) => {
      await steadyService(stage, 2);
      const { deploymentId } = service(stage)!.deployments[0]!;
      await updateWeb(stage, { changes: { desiredCount: 5 } });
      await stage.until('five', () => running(stage).length === 5);
      await updateWeb(stage, { changes: { desiredCount: 1 } });
      await stage.until('one', () => stage.control.live().length === 1);
      expect(service(stage)!.deployments).toMatchObject([{ deploymentId, desiredCount: 1, runningCount: 1 }]);
      const stopped = [...stage.control.tasks.values()].find((t) => t.lastStatus === 'STOPPED')!;
      expect(stopped).toMatchObject({
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: `Scaling activity initiated by (deployment ${deploymentId})`,
      });
    }));

  it('scales in where most is free if the strategy packs', () =>
    withStage(env, async (stage) => {
      const small = await stage.addInstance({ cpu: 1024 });
      const large = await stage.addInstance({ cpu: 4096 });
      const placementStrategy = [{ type: 'binpack' as const, field: 'cpu' }];
      await stage.createService(createCommand(stage.cluster, { desiredCount: 6, placementStrategy }));
      await stage.until('six', () => running(stage).length === 6);
      const on = (id: string) => running(stage).filter((t) => t.containerInstanceId === id).length;
      expect([on(small), on(large)]).toEqual([4, 2]);
      await updateWeb(stage, { changes: { desiredCount: 4 } });
      await stage.until('four', () => stage.control.live().length === 4);
      expect([on(small), on(large)]).toEqual([4, 0]);
    }));

  it('drains and becomes INACTIVE; a service of the same name can be created again', () =>
    withStage(env, async (stage) => {
      await steadyService(stage, 2);
      const { incarnation } = service(stage)!;
      stage.host.stops = false;
      await webHandle(stage).executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: true }] });
      expect(service(stage)?.status).toBe('DRAINING');
      await stage.until('asked to stop', () => stage.host.stopped.length === 2);
      stage.host.stops = true;
      for (const { taskId } of stage.host.stopped) await stage.host.report(taskId, { lastStatus: 'STOPPED' });
      await stage.until('inactive', () => service(stage)?.status === 'INACTIVE');
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('runs again', () => running(stage).length === 1);
      expect(service(stage)?.incarnation).not.toBe(incarnation);
    }));
});
