/** The deployment circuit breaker under skipped time. */
import { describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../model/service.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { updateServiceUpdate } from '../../workflows/messages.ts';
import type { UpdateServiceCommand } from '../../model/commands.ts';
import { checked, createCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const ROLLS_BACK = { enable: true, rollback: true } as const;
const STALLS = { enable: true, rollback: false } as const;

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const ofRevision = (stage: Stage, revision: number) => running(stage).filter((task) => task.revision === revision);
const service = ({ control }: Stage) => control.services.get('web')!;
const primary = (stage: Stage) => service(stage).deployments[0]!;
const launchedOf = ({ host }: Stage, revision: number) =>
  host.launched.filter(({ task }) => task.taskDefinitionArn.endsWith(`:${revision}`)).length;

async function update(stage: Stage, command: Partial<UpdateServiceCommand>): Promise<void> {
  const { incarnation } = service(stage);
  const args: [UpdateServiceCommand] = [{ incarnation, changes: {}, forceNewDeployment: false, ...command }];
  await stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web')).executeUpdate(updateServiceUpdate, { args });
}

/** A steady service of revision 1, whose later revisions fail to start. Returns the id of its deployment. */
async function guardedService(
  stage: Stage,
  definition: Partial<ServiceDefinition>,
  revision = taskDefinition(),
): Promise<string> {
  await stage.addInstance();
  await stage.createService(createCommand(stage.cluster, { desiredCount: 3, ...definition }, revision));
  await stage.until('all run', () => running(stage).length === 3);
  await stage.until('completed', () => primary(stage).rolloutState === 'COMPLETED');
  return primary(stage).deploymentId;
}

const onlyStarts =
  (...revisions: number[]) =>
  ({ taskDefinitionArn }: { readonly taskDefinitionArn: string }) =>
    revisions.some((revision) => taskDefinitionArn.endsWith(`:${revision}`)) ? 'starts' : 'fails';

describe('the deployment circuit breaker', () => {
  it('rolls back if new tasks fail to start, and accepts the next update', () =>
    withStage(env, async (stage) => {
      const old = await guardedService(stage, { deploymentCircuitBreaker: ROLLS_BACK });
      const before = running(stage).map((task) => task.taskId);
      stage.host.fate = onlyStarts(1, 3);
      await update(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      const failed = primary(stage).deploymentId;
      await stage.until('rolled back', () => primary(stage).deploymentId === old);
      expect(service(stage).taskDefinitionArn).toMatch(/web:1$/);
      expect(service(stage).deployments).toMatchObject([
        { deploymentId: old, status: 'PRIMARY' },
        {
          deploymentId: failed,
          status: 'ACTIVE',
          rolloutState: 'FAILED',
          rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
        },
      ]);
      expect(service(stage).deployments[1]!.failedTasks).toBeGreaterThanOrEqual(3);
      const launched = launchedOf(stage, 2);
      await stage.until('only the old one is left', () => service(stage).deployments.length === 1);
      expect(primary(stage).rolloutState).toBe('COMPLETED');
      expect(running(stage).map((task) => task.taskId)).toEqual(before);
      expect(launchedOf(stage, 2)).toBe(launched);
      expect(stage.control.messages()).toEqual(
        expect.arrayContaining([
          `(service web) (deployment ${failed}) deployment failed: tasks failed to start.`,
          `(service web) rolling back to deployment ${old}.`,
        ]),
      );
      const changes = stage.control.actions.filter((action) => action.deploymentId !== undefined);
      expect(changes.map(({ eventName, deploymentId }) => [eventName, deploymentId])).toEqual([
        ['SERVICE_DEPLOYMENT_IN_PROGRESS', old],
        ['SERVICE_DEPLOYMENT_COMPLETED', old],
        ['SERVICE_DEPLOYMENT_IN_PROGRESS', failed],
        ['SERVICE_DEPLOYMENT_FAILED', failed],
        ['SERVICE_DEPLOYMENT_IN_PROGRESS', old],
        ['SERVICE_DEPLOYMENT_COMPLETED', old],
      ]);

      await update(stage, { taskDefinition: taskDefinition({ revision: 3 }) });
      await stage.until('the third revision is out', () => service(stage).deployments.length === 1);
      expect(ofRevision(stage, 3)).toHaveLength(3);
    }));

  it('starts the old revision again if the rollout had stopped all of its tasks', () =>
    withStage(env, async (stage) => {
      const bounds = { minimumHealthyPercent: 0, maximumPercent: 100 };
      const old = await guardedService(stage, { deploymentCircuitBreaker: ROLLS_BACK, ...bounds });
      stage.host.fate = () => 'hangs';
      await update(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      await stage.until('the old ones are gone', () => running(stage).length === 0 && launchedOf(stage, 2) === 3);
      await stage.pass(60_000);
      expect(service(stage).deployments).toMatchObject([{ status: 'PRIMARY' }, { deploymentId: old }]);
      stage.host.fate = onlyStarts(1);
      for (const { taskId } of stage.control.live()) await stage.host.fail(taskId);
      await stage.until('the old revision runs again', () => ofRevision(stage, 1).length === 3);
      await stage.until('only the old one is left', () => service(stage).deployments.length === 1);
      expect(primary(stage)).toMatchObject({ deploymentId: old, rolloutState: 'COMPLETED' });
    }));

  it('stalls without rollback, and continues with a later update', () =>
    withStage(env, async (stage) => {
      await guardedService(stage, { deploymentCircuitBreaker: STALLS });
      stage.host.fate = onlyStarts(1, 3);
      await update(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      const failed = primary(stage).deploymentId;
      await stage.until('failed', () => primary(stage).rolloutState === 'FAILED');
      const launched = launchedOf(stage, 2);
      await stage.pass(60 * 60_000);
      expect(primary(stage)).toMatchObject({ deploymentId: failed, status: 'PRIMARY', rolloutState: 'FAILED' });
      expect(launchedOf(stage, 2)).toBe(launched);
      expect(ofRevision(stage, 1)).toHaveLength(3);

      await update(stage, { taskDefinition: taskDefinition({ revision: 3 }) });
      await stage.until('the third revision is out', () => service(stage).deployments.length === 1);
      expect(ofRevision(stage, 3)).toHaveLength(3);
      expect(primary(stage).rolloutState).toBe('COMPLETED');
    }));

  it('rolls back if new tasks run but keep turning unhealthy', () =>
    withStage(env, async (stage) => {
      stage.host.health = 'HEALTHY';
      const old = await guardedService(stage, { deploymentCircuitBreaker: ROLLS_BACK }, checked());
      stage.host.health = 'UNHEALTHY';
      await update(stage, { taskDefinition: checked({ revision: 2 }) });
      const failed = primary(stage).deploymentId;
      await stage.until('rolled back', () => primary(stage).deploymentId === old);
      await stage.until('only the old one is left', () => service(stage).deployments.length === 1);
      expect(ofRevision(stage, 1)).toHaveLength(3);
      expect(running(stage)).toHaveLength(3);
      expect(launchedOf(stage, 2)).toBeLessThanOrEqual(5);
      expect(stage.control.messages()).toContain(
        `(service web) (deployment ${failed}) deployment failed: tasks failed to start.`,
      );
    }));

  it('resets the count for a healthy task', () =>
    withStage(env, async (stage) => {
      const threshold = { thresholdConfiguration: { type: 'COUNT', value: 2 } } as const;
      await guardedService(stage, { deploymentCircuitBreaker: { ...ROLLS_BACK, ...threshold } });
      stage.host.fate = () => 'hangs';
      await update(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      await stage.until('launched', () => launchedOf(stage, 2) === 3);
      const [first, second, third] = stage.host.launched.slice(-3).map(({ task }) => task.taskId);
      await stage.host.fail(first!);
      await stage.until('one failure', () => primary(stage).failedTasks === 1);
      await stage.until('its replacement is launched', () => launchedOf(stage, 2) === 4);
      await stage.host.start(second!);
      await stage.until('reset', () => primary(stage).failedTasks === 0);
      // From now on health checks count, and these tasks have none.
      await stage.host.fail(third!);
      stage.host.fate = onlyStarts(2);
      await stage.until('the third one’s, too', () => launchedOf(stage, 2) === 5);
      for (const { taskId, lastStatus } of stage.control.live()) {
        if (lastStatus !== 'RUNNING') await stage.host.start(taskId);
      }
      await stage.until('rolled out', () => service(stage).deployments.length === 1);
      expect(ofRevision(stage, 2)).toHaveLength(3);
    }));

  it('counts earlier failures if it is switched on during a rollout, and starts no new deployment', () =>
    withStage(env, async (stage) => {
      const old = await guardedService(stage, {});
      stage.host.fate = onlyStarts(1);
      await update(stage, { taskDefinition: taskDefinition({ revision: 2 }) });
      await stage.until('failures', () => primary(stage).failedTasks >= 3);
      const { deploymentId } = primary(stage);
      await update(stage, { changes: { deploymentCircuitBreaker: STALLS } });
      await stage.until('failed', () => primary(stage).rolloutState === 'FAILED');
      expect(service(stage).deployments.map((d) => d.deploymentId)).toEqual([deploymentId, old]);
    }));
});
