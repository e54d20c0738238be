/** Service deployments under skipped time: history, stops, bake time, early success and hooks. */
import { describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../model/service.ts';
import type { LifecycleStage, ServiceDeployment } from '../../model/service-deployment.ts';
import {
  continueServiceDeploymentUpdate,
  deleteServiceUpdate,
  stopServiceDeploymentUpdate,
} from '../../workflows/messages.ts';
import { createCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { storyIn, updateWeb, webHandle } from '../support/web-service.ts';
import { type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const story = (act: (stage: Stage) => Promise<void>): Promise<void> => storyIn(env, act);

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const ofRevision = (stage: Stage, revision: number) => running(stage).filter((task) => task.revision === revision);
const launchedOf = ({ host }: Stage, revision: number) =>
  host.launched.filter(({ task }) => task.taskDefinitionArn.endsWith(`:${revision}`)).length;
const service = ({ control }: Stage) => control.services.get('web')!;

/** The latest service deployment in the history. */
const current = (stage: Stage): ServiceDeployment => {
  const id = service(stage).serviceDeployments![0]!.serviceDeploymentId;
  return stage.control.serviceDeployments.get(id)!;
};

async function stop(stage: Stage, deployment: ServiceDeployment, stopType: 'ROLLBACK' | 'ABORT'): Promise<void> {
  const { serviceDeploymentId } = deployment;
  const { incarnation } = service(stage);
  await webHandle(stage).executeUpdate(stopServiceDeploymentUpdate, {
    args: [{ incarnation, serviceDeploymentId, stopType }],
  });
}

async function goOn(stage: Stage, action: 'CONTINUE' | 'ROLLBACK', hookId?: string): Promise<void> {
  const { serviceDeploymentId, hooks = [] } = current(stage);
  const waiting = hooks.find(({ status }) => status === 'AWAITING_ACTION');
  const { incarnation } = service(stage);
  await webHandle(stage).executeUpdate(continueServiceDeploymentUpdate, {
    args: [{ incarnation, serviceDeploymentId, hookId: hookId ?? waiting?.hookId ?? '', action }],
  });
}

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'was not refused',
    (error: unknown) => (error as { cause?: { type?: string } }).cause?.type,
  );

async function aService(stage: Stage, definition: Partial<ServiceDefinition> = {}): Promise<ServiceDeployment> {
  await stage.addInstance();
  await stage.createService(createCommand(stage.cluster, { desiredCount: 2, ...definition }));
  await stage.until('created', () => current(stage).status === 'SUCCESSFUL');
  return current(stage);
}

const toRevision = (stage: Stage, revision: number): Promise<void> =>
  updateWeb(stage, { taskDefinition: taskDefinition({ revision }) });

const pauseAt = (...lifecycleStages: LifecycleStage[]): Partial<ServiceDefinition> => ({
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: lifecycleStages as never }],
});

describe('service deployments', () => {
  it('follow each rollout, with its source and target revisions', () =>
    story(async (stage) => {
      const first = await aService(stage);
      expect(first).toMatchObject({ sourceRevisionIds: [], lifecycleStage: 'CLEAN_UP' });
      expect(first.serviceDeploymentId).toMatch(/^[\w-]{21}$/);
      expect(first.targetRevisionId).toMatch(/^\d{19}$/);
      expect(first.end).toMatchObject({
        target: { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 },
        breaker: { status: 'DISABLED', failureCount: 0 },
      });
      await toRevision(stage, 2);
      expect(current(stage).sourceRevisionIds).toEqual([first.targetRevisionId]);
      await stage.until('rolled out', () => current(stage).status === 'SUCCESSFUL');
      expect(stage.control.serviceRevisions.get(current(stage).targetRevisionId)).toMatchObject({
        taskDefinitionArn: expect.stringMatching(/web:2$/) as string,
      });
      await updateWeb(stage, { changes: { desiredCount: 3 } });
      expect(stage.control.serviceDeployments.size).toBe(2);
      await updateWeb(stage, { forceNewDeployment: true });
      expect(stage.control.serviceDeployments.size).toBe(3);
      await stage.until('rolled out', () => current(stage).status === 'SUCCESSFUL');
    }));

  it('supersede one another: the older one stops, the newest continues', () =>
    story(async (stage) => {
      await aService(stage);
      stage.host.fate = () => 'hangs';
      await toRevision(stage, 2);
      const second = current(stage);
      stage.host.fate = () => 'starts';
      await toRevision(stage, 3);
      await stage.until('stopped', () => {
        return stage.control.serviceDeployments.get(second.serviceDeploymentId)?.status === 'STOPPED';
      });
      await stage.until('rolled out', () => current(stage).status === 'SUCCESSFUL');
      expect(service(stage).serviceDeployments).toHaveLength(1);
      expect(ofRevision(stage, 3)).toHaveLength(2);
      expect(await refusal(stop(stage, second, 'ROLLBACK'))).toBe('ConflictException');
    }));

  it('roll back on request even if no rollback is configured', () =>
    story(async (stage) => {
      const first = await aService(stage);
      stage.host.fate = () => 'hangs';
      await toRevision(stage, 2);
      const second = current(stage);
      await stop(stage, second, 'ROLLBACK');
      await stage.until('back', () => current(stage).status === 'ROLLBACK_SUCCESSFUL');
      expect(current(stage)).toMatchObject({
        serviceDeploymentId: second.serviceDeploymentId,
        rollback: { revisionId: first.targetRevisionId },
      });
      expect(ofRevision(stage, 1)).toHaveLength(2);
      expect(service(stage).deployments[0]).toMatchObject({
        serviceRevisionId: first.targetRevisionId,
        rolloutState: 'COMPLETED',
      });
      expect(stage.control.serviceRevisions.size).toBe(2);
      expect(stage.control.messages()).toContainEqual(expect.stringContaining('rollback requested by user.'));
    }));

  it('stop where they are on ABORT, and the next update continues', () =>
    story(async (stage) => {
      await aService(stage);
      stage.host.fate = () => 'hangs';
      await toRevision(stage, 2);
      await stage.until('launched', () => launchedOf(stage, 2) === 2);
      await stop(stage, current(stage), 'ABORT');
      await stage.until('stopped', () => current(stage).status === 'STOPPED');
      for (const { taskId, revision } of stage.control.live()) if (revision === 2) await stage.host.fail(taskId);
      await stage.pass(60 * 60_000);
      expect(launchedOf(stage, 2)).toBe(2);
      expect(ofRevision(stage, 1)).toHaveLength(2);
      stage.host.fate = () => 'starts';
      await toRevision(stage, 3);
      await stage.until('rolled out', () => current(stage).status === 'SUCCESSFUL');
      expect(ofRevision(stage, 3)).toHaveLength(2);
    }));

  it('of a first deployment have nothing to roll back to', () =>
    story(async (stage) => {
      await stage.addInstance();
      stage.host.fate = () => 'hangs';
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stop(stage, current(stage), 'ROLLBACK');
      await stage.until('stopped', () => current(stage).status === 'STOPPED');
      expect(current(stage).statusReason).toContain('no completed service revision');
    }));

  it('stop when the service is deleted', () =>
    story(async (stage) => {
      await stage.addInstance();
      stage.host.fate = () => 'hangs';
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await webHandle(stage).executeUpdate(deleteServiceUpdate, {
        args: [{ incarnation: service(stage).incarnation, force: true }],
      });
      await stage.until('gone', () => service(stage).status === 'INACTIVE');
      expect(current(stage).status).toBe('STOPPED');
    }));
});

describe('a bake time', () => {
  it('passes before the deployment completes, and allows a rollback', () =>
    story(async (stage) => {
      await aService(stage);
      await updateWeb(stage, { changes: { bakeTimeInMinutes: 10 } });
      await toRevision(stage, 2);
      await stage.until('bakes', () => current(stage).lifecycleStage === 'BAKE_TIME');
      const { bakeStartedAt = 0 } = current(stage);
      expect(service(stage).deployments[0]?.rolloutState).toBe('IN_PROGRESS');
      await stage.until('done', () => current(stage).status === 'SUCCESSFUL', 20 * 60_000);
      const { finishedAt = 0 } = current(stage);
      expect(finishedAt - bakeStartedAt).toBeGreaterThanOrEqual(10 * 60_000);
      expect(finishedAt - bakeStartedAt).toBeLessThan(11 * 60_000);

      await toRevision(stage, 3);
      await stage.until('bakes again', () => current(stage).lifecycleStage === 'BAKE_TIME');
      await stop(stage, current(stage), 'ROLLBACK');
      await stage.until('back', () => current(stage).status === 'ROLLBACK_SUCCESSFUL');
      expect(ofRevision(stage, 2)).toHaveLength(2);
    }));
});

describe('early success', () => {
  it('completes when the share is healthy; new tasks start and old ones stop in the background', () =>
    story(async (stage) => {
      const criteria = { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' } as const;
      await aService(stage, { desiredCount: 4, minimumHealthyPercent: 50, earlySuccessCriteria: criteria });
      stage.host.fate = () => 'hangs';
      await toRevision(stage, 2);
      await stage.until('launched', () => launchedOf(stage, 2) === 4);
      const [first, second] = stage.control.live().filter((task) => task.revision === 2);
      await stage.host.start(first!.taskId);
      await stage.pass(60_000);
      expect(current(stage).status).toBe('IN_PROGRESS');
      await stage.host.start(second!.taskId);
      await stage.until('early', () => current(stage).status === 'SUCCESSFUL', 20_000);
      expect(ofRevision(stage, 1).length).toBeGreaterThan(0);
      for (const task of stage.control.live()) if (task.revision === 2) await stage.host.start(task.taskId);
      await stage.until('all new', () => ofRevision(stage, 2).length === 4 && running(stage).length === 4);
    }));
});

describe('PAUSE hooks', () => {
  it('hold the rollout before it starts, while the old revision stays complete', () =>
    story(async (stage) => {
      await aService(stage, { minimumHealthyPercent: 0 });
      await updateWeb(stage, { changes: pauseAt('PRE_SCALE_UP') });
      await toRevision(stage, 2);
      await stage.until('waits', () => current(stage).lifecycleStage === 'PRE_SCALE_UP');
      const [hook] = current(stage).hooks!;
      expect(hook).toMatchObject({ status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' });
      const [one] = running(stage);
      await stage.host.exit(one!.taskId);
      const isThere = () => running(stage).some(({ taskId }) => taskId === one!.taskId);
      await stage.until('replaced at its own revision', () => ofRevision(stage, 1).length === 2 && !isThere());
      await updateWeb(stage, { changes: { desiredCount: 3 } });
      await stage.until('scaled at the old revision', () => ofRevision(stage, 1).length === 3);
      expect(ofRevision(stage, 2)).toHaveLength(0);
      expect(await refusal(goOn(stage, 'CONTINUE', 'none'))).toBe('InvalidParameterException');
      await goOn(stage, 'CONTINUE');
      expect(await refusal(goOn(stage, 'CONTINUE', hook!.hookId))).toBe('ConflictException');
      await stage.until('rolled out', () => current(stage).status === 'SUCCESSFUL');
      expect(ofRevision(stage, 2)).toHaveLength(3);
      expect(current(stage).hooks).toMatchObject([{ status: 'SUCCEEDED' }]);
    }));

  it('hold it when the new revision runs beside the complete old one', () =>
    story(async (stage) => {
      await aService(stage);
      await updateWeb(stage, { changes: pauseAt('POST_SCALE_UP') });
      await toRevision(stage, 2);
      await stage.until('waits', () => current(stage).lifecycleStage === 'POST_SCALE_UP');
      await stage.pass(10 * 60_000);
      expect([ofRevision(stage, 1).length, ofRevision(stage, 2).length]).toEqual([2, 2]);
      const kept = ofRevision(stage, 1).map((task) => task.taskId);
      await goOn(stage, 'ROLLBACK');
      await stage.until('back', () => current(stage).status === 'ROLLBACK_SUCCESSFUL');
      expect(running(stage).map((task) => task.taskId)).toEqual(kept);
      expect(current(stage).hooks).toMatchObject([{ status: 'FAILED' }]);
    }));

  it('roll back when their time is up, or continue if they say so', () =>
    story(async (stage) => {
      await aService(stage);
      const within = (action: 'ROLLBACK' | 'CONTINUE'): Partial<ServiceDefinition> => ({
        lifecycleHooks: [
          {
            targetType: 'PAUSE',
            lifecycleStages: ['PRE_SCALE_UP'],
            timeoutConfiguration: { timeoutInMinutes: 30, action },
          },
        ],
      });
      await updateWeb(stage, { changes: within('ROLLBACK') });
      await toRevision(stage, 2);
      await stage.until('timed out', () => current(stage).status === 'ROLLBACK_SUCCESSFUL', 40 * 60_000);
      expect(current(stage).rollback?.reason).toContain('timed out');
      expect(current(stage).hooks).toMatchObject([{ status: 'TIMED_OUT' }]);
      expect(ofRevision(stage, 1)).toHaveLength(2);
      await updateWeb(stage, { changes: within('CONTINUE') });
      await toRevision(stage, 3);
      await stage.until('went on', () => current(stage).status === 'SUCCESSFUL', 40 * 60_000);
      expect(ofRevision(stage, 3)).toHaveLength(2);
    }));
});
