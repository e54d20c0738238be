/** The decisions that owners put on record, and the cause that each names. */
import { describe, expect, it } from 'vitest';
import type { CallCause, Decision, DecisionReason } from '../../model/decision.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { stopTaskUpdate, updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const all = ({ control }: Stage): readonly Decision[] => [...control.decisions.values()];
const withReason = (stage: Stage, reason: DecisionReason) =>
  all(stage).filter(({ reasons }) => reasons.some((each) => each.reason === reason));
const aCall = (operation: string, requestId = 'r-1'): CallCause => ({
  kind: 'call',
  operation,
  requestId,
  principalArn: 'arn:aws:iam::123456789012:root',
});

describe('the decisions of a service', () => {
  it('name the call, the reason, the tasks and their places', () =>
    withStage(env, async (stage) => {
      const [first, second] = [await stage.addInstance(), await stage.addInstance({ cpu: 0 })];
      await stage.createService({ ...createCommand(stage.cluster), cause: aCall('CreateService') });
      await stage.until('three tasks run', () => running(stage).length === 3);
      const [called] = withReason(stage, 'called');
      const [primary] = stage.control.services.get('web')!.deployments;
      expect(called).toMatchObject({
        serviceName: 'web',
        deploymentId: primary!.deploymentId,
        causes: [aCall('CreateService')],
        changes: { desiredCount: ['', '3'] },
      });
      const [start] = withReason(stage, 'rollout');
      expect(start).toMatchObject({
        deploymentId: primary!.deploymentId,
        reasons: [{ reason: 'rollout', count: 3 }],
        causes: [aCall('CreateService')],
        asked: { count: 3, group: 'service:web' },
        bounds: { desired: 3, lower: 3, upper: 6 },
        placement: {
          considered: 2,
          eligible: 1,
          refused: [{ reason: 'RESOURCE:CPU', instances: 1, some: [second] }],
          best: [{ containerInstanceId: first }],
        },
      });
      expect(start!.tasks.map(({ taskId }) => taskId).sort()).toEqual(
        running(stage)
          .map((task) => task.taskId)
          .sort(),
      );
      expect(start!.codeVersion).toMatch(/./);
    }));

  it.each([
    ['ended in one', (stage: Stage, taskId: string) => stage.host.exit(taskId)],
    [
      'is about to end',
      async ({ host }: Stage, taskId: string) =>
        host.report(taskId, { lastStatus: 'RUNNING', executionStoppedAt: await host.now() }),
    ],
  ])('tell which task is replaced when it %s, and the earlier report', (_, end) =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster));
      await stage.until('three tasks run', () => running(stage).length === 3);
      const [victim] = running(stage);
      await end(stage, victim!.taskId);
      await stage.until('it is replaced', () => withReason(stage, 'replaceStopped').length === 1);
      const [start] = withReason(stage, 'replaceStopped');
      expect(start).toMatchObject({ tasks: [{ replaces: victim!.taskId }], reasons: [{ count: 1 }] });
      expect(start!.causes).toContainEqual(
        expect.objectContaining({ kind: 'report', taskIds: expect.arrayContaining([victim!.taskId]) }),
      );
    }),
  );

  it('tell why tasks stop: scale-in, a newer deployment, a call, a lost instance', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance();
      const command = createCommand(stage.cluster, { desiredCount: 2 });
      await stage.createService(command);
      await stage.until('two run', () => running(stage).length === 2);
      const handle = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      const update = (changes: object, forceNewDeployment = false) =>
        handle.executeUpdate(updateServiceUpdate, {
          args: [
            { incarnation: command.incarnation, changes, forceNewDeployment, cause: aCall('UpdateService', 'r-2') },
          ],
        });
      await update({ desiredCount: 1 });
      await stage.until('one is left', () => stage.control.live().length === 1);
      expect(withReason(stage, 'scaleIn')).toMatchObject([
        {
          causes: expect.arrayContaining([aCall('UpdateService', 'r-2')]),
          tasks: [{ containerInstanceId: id }],
          bounds: { desired: 1 },
        },
      ]);
      const [old] = running(stage);
      await update({}, true);
      await stage.until('it is replaced', () => withReason(stage, 'retired').length === 1);
      expect(withReason(stage, 'retired')).toMatchObject([{ tasks: [{ taskId: old!.taskId }] }]);
      expect(withReason(stage, 'called').at(-1)).toMatchObject({ changes: { forceNewDeployment: ['', 'true'] } });
      await stage.until('it has rolled out', () => withReason(stage, 'deploymentCompleted').length === 2);
      const { taskId } = running(stage)[0]!;
      await handle.executeUpdate(stopTaskUpdate, { args: [{ taskId, reason: 'why not', cause: aCall('StopTask') }] });
      expect(withReason(stage, 'stopCalled')).toMatchObject([
        { tasks: [{ taskId }], causes: [aCall('StopTask')], facts: { stoppedReason: 'why not' } },
      ]);
      await stage.until('another runs', () => running(stage).some((task) => task.taskId !== taskId));
      expect(withReason(stage, 'replaceStopped').at(-1)).toMatchObject({ tasks: [{ replaces: taskId }] });
    }));

  it('tell a repeated refusal once, with a count', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance({ cpu: 0 });
      await stage.createService(createCommand(stage.cluster));
      await stage.pass(20 * 60_000);
      const refused = withReason(stage, 'refused');
      expect(refused).toMatchObject([
        {
          placement: { nearest: { containerInstanceId: id, reason: 'RESOURCE:CPU' } },
          facts: { reason: 'RESOURCE:CPU' },
        },
      ]);
      expect(refused[0]!.count).toBeGreaterThan(1);
      expect(refused[0]!.until).toBeGreaterThan(refused[0]!.at);
      expect(withReason(stage, 'placement')).toHaveLength(1);
    }));

  it('tell why a circuit breaker tripped, and where it rolled back to', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const command = createCommand(stage.cluster, {
        desiredCount: 1,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      });
      await stage.createService(command);
      await stage.until('it is up', () => withReason(stage, 'deploymentCompleted').length === 1);
      const [good] = stage.control.services.get('web')!.deployments;
      stage.host.fate = (launch) => (launch.taskDefinitionArn.endsWith(':2') ? 'fails' : 'starts');
      await stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web')).executeUpdate(updateServiceUpdate, {
        args: [
          {
            incarnation: command.incarnation,
            changes: {},
            taskDefinition: taskDefinition({ revision: 2 }),
            forceNewDeployment: false,
          },
        ],
      });
      await stage.until('it went back', () => withReason(stage, 'rolledBack').length === 1);
      expect(withReason(stage, 'circuitBreaker')).toMatchObject([{ facts: { failedTasks: 3, threshold: 3 } }]);
      expect(withReason(stage, 'rolledBack')).toMatchObject([{ deploymentId: good!.deploymentId }]);
    }));
});

describe('the decisions of a RunTask call', () => {
  it('are in the store with its tasks, and name the call', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance({ cpu: 512 });
      const command = { ...runTaskCommand(stage.cluster, { count: 3 }), cause: aCall('RunTask') };
      const { taskIds } = await stage.runTask('t', command);
      expect(withReason(stage, 'runTask')).toMatchObject([
        { causes: [aCall('RunTask')], tasks: taskIds.map((taskId) => ({ taskId, containerInstanceId: id })) },
      ]);
      expect(withReason(stage, 'refused')).toMatchObject([{ reasons: [{ count: 3 - taskIds.length }] }]);
    }));
});
