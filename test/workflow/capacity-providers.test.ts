/** Capacity providers under skipped time: tasks that wait, FARGATE_SPOT, and services with strategies. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { runTaskWorkflowId, serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { CreateServiceCommand } from '../../model/commands.ts';
import { capacityChangedSignal, stopTaskUpdate, updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { type Stage, withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

/** Room for a busy machine: while a worker works, virtual time passes as real time does. */
const SOON_MS = 20_000;
/** After so long a wait, the next attempt without news is more than SOON_MS away. */
const LONG_WAIT_MS = 150_000;

const POOL = [{ capacityProvider: 'pool', weight: 1, base: 0 }];

const statuses = (stage: Stage): string[] => stage.control.live().map((task) => task.lastStatus);
const allAre = (stage: Stage, status: string, count: number) => () =>
  statuses(stage).filter((each) => each === status).length === count;
/** A service without a launch type: its strategy says where its tasks go. */
function strategyService(
  stage: Stage,
  desiredCount: number,
  capacityProviderStrategy: readonly CapacityProviderStrategyItem[] = POOL,
): CreateServiceCommand {
  const command = createCommand(stage.cluster, { desiredCount });
  const { launchType: _launchType, ...definition } = command.definition;
  return { ...command, definition: { ...definition, capacityProviderStrategy } };
}

describe('a RunTask call with a strategy of the operator’s provider', () => {
  it('waits in PROVISIONING and starts when an instance of that provider appears, but not one of another', () =>
    withStage(env, async (stage) => {
      await stage.addInstance({ capacityProvider: 'other' });
      const outcome = await stage.runTask(
        't1',
        runTaskCommand(stage.cluster, { count: 2, capacityProviderStrategy: POOL }),
      );
      expect(outcome).toMatchObject({ failures: [] });
      expect(outcome.taskIds).toHaveLength(2);
      expect(stage.control.live()).toMatchObject(
        [1, 2].map(() => ({ lastStatus: 'PROVISIONING', capacityProviderName: 'pool' })),
      );
      await stage.pass(LONG_WAIT_MS);
      const id = await stage.addInstance({ capacityProvider: 'pool' });
      await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't1')).signal(capacityChangedSignal);
      await stage.until('both run', allAre(stage, 'RUNNING', 2), SOON_MS);
      expect(stage.control.live().every((task) => task.containerInstanceId === id)).toBe(true);
      for (const taskId of outcome.taskIds) await stage.host.exit(taskId);
      await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't1')).result();
    }));

  it('looks again by itself if nobody wakes it', () =>
    withStage(env, async (stage) => {
      await stage.runTask('t2', runTaskCommand(stage.cluster, { capacityProviderStrategy: POOL }));
      await stage.pass(30_000);
      await stage.addInstance({ capacityProvider: 'pool' });
      await stage.until('it runs', allAre(stage, 'RUNNING', 1), 60_000 + SOON_MS);
    }));

  it('can be stopped while it waits, and ends at once', () =>
    withStage(env, async (stage) => {
      const { taskIds } = await stage.runTask('t3', runTaskCommand(stage.cluster, { capacityProviderStrategy: POOL }));
      const handle = stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't3'));
      await handle.executeUpdate(stopTaskUpdate, { args: [{ taskId: taskIds[0]!, reason: 'enough' }] });
      await handle.result();
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'enough',
      });
    }));

  it.each([
    ['EMPTY CAPACITY PROVIDER', undefined],
    ['NO ACTIVE INSTANCES', { status: 'DRAINING' as const }],
    ['RESOURCE:CPU', { cpu: 1 }],
    ['AGENT', { agentConnected: false }],
  ])('is given up after the time-out: %s', (reason, instance) =>
    withStage(env, async (stage) => {
      if (instance) stage.control.addInstance('small', { capacityProvider: 'pool', ...instance });
      stage.control.policy = { ...stage.control.policy, provisioningTimeoutMs: 120_000 };
      const { taskIds } = await stage.runTask('t4', runTaskCommand(stage.cluster, { capacityProviderStrategy: POOL }));
      await stage.pass(110_000);
      expect(statuses(stage)).toEqual(['PROVISIONING']);
      await stage.until('it is given up', () => stage.control.live().length === 0, 10_000 + SOON_MS);
      expect(stage.control.tasks.get(taskIds[0]!)).toMatchObject({
        stopCode: 'TaskFailedToStart',
        stoppedReason: `TaskFailedToStart: ${reason}`,
      });
      await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't4')).result();
    }),
  );
});

describe('FARGATE_SPOT', () => {
  it('places at once, by weight, and reports a lack of capacity at once', () =>
    withStage(env, async (stage) => {
      await stage.addInstance({ cpu: 256 * 8 });
      const strategy = [
        { capacityProvider: 'FARGATE', weight: 1, base: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 },
      ];
      const command = runTaskCommand(stage.cluster, { launchType: 'FARGATE', capacityProviderStrategy: strategy });
      const outcome = await stage.runTask('t5', { ...command, count: 5 });
      expect(outcome.failures).toEqual([]);
      const providers = stage.control.live().map((task) => task.capacityProviderName);
      expect(providers.filter((name) => name === 'FARGATE')).toHaveLength(2);
      expect(providers.filter((name) => name === 'FARGATE_SPOT')).toHaveLength(3);
      const refused = await stage.runTask('t6', { ...command, count: 10, digest: 'd' });
      expect(refused.taskIds.length).toBeLessThan(10);
      expect(refused.failures[0]?.reason).toMatch(/^Capacity is unavailable at this time/);
      // A launch under way would stop the clock for later tests.
      await stage.until('all run', allAre(stage, 'RUNNING', 8));
    }));
});

describe('a service with a strategy of the operator’s provider', () => {
  it('lets its tasks wait, reports the empty provider once, and rolls out when capacity comes', () =>
    withStage(env, async (stage) => {
      await stage.createService(strategyService(stage, 3));
      await stage.until('three wait', allAre(stage, 'PROVISIONING', 3), SOON_MS);
      await stage.pass(LONG_WAIT_MS);
      expect(stage.control.live().map(({ connectivityAt }) => connectivityAt)).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      const empty = stage.control
        .messages()
        .filter((message) => message.endsWith('Reason: No Container Instances were found in your capacity provider.'));
      expect(empty).toHaveLength(1);
      expect([...stage.control.services.values()][0]).toMatchObject({ waitingForCapacity: true, pendingCount: 3 });
      await stage.addInstance({ capacityProvider: 'pool', cpu: 512 });
      const handle = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      await handle.signal(capacityChangedSignal);
      await stage.until('two run', allAre(stage, 'RUNNING', 2), SOON_MS);
      expect(statuses(stage).sort()).toEqual(['PROVISIONING', 'RUNNING', 'RUNNING']);
      await stage.addInstance({ capacityProvider: 'pool' });
      await handle.signal(capacityChangedSignal);
      await stage.until('three run', allAre(stage, 'RUNNING', 3), SOON_MS);
      for (const { connectivityAt } of stage.control.live()) expect(connectivityAt).toBeDefined();
      await stage.until('steady', () => stage.control.messages().some((m) => m.endsWith('steady state.')), SOON_MS);
      expect([...stage.control.services.values()][0]).toMatchObject({ waitingForCapacity: false });
    }));

  it('scales in waiting tasks first, and replaces tasks that were given up', () =>
    withStage(env, async (stage) => {
      stage.control.policy = { ...stage.control.policy, provisioningTimeoutMs: 600_000 };
      const command = strategyService(stage, 3);
      await stage.createService(command);
      await stage.until('three wait', allAre(stage, 'PROVISIONING', 3), SOON_MS);
      const handle = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      const { incarnation } = command;
      const update = { incarnation, changes: { desiredCount: 1 }, forceNewDeployment: false };
      await handle.executeUpdate(updateServiceUpdate, { args: [update] });
      await stage.until('one waits', () => stage.control.live().length === 1, SOON_MS);
      const [last] = stage.control.live();
      await stage.pass(540_000);
      expect(stage.control.live().map((task) => task.taskId)).toEqual([last!.taskId]);
      await stage.pass(90_000);
      expect(stage.control.tasks.get(last!.taskId)).toMatchObject({
        lastStatus: 'STOPPED',
        stoppedReason: 'TaskFailedToStart: EMPTY CAPACITY PROVIDER',
      });
      await stage.until('another waits', allAre(stage, 'PROVISIONING', 1), 60_000);
    }));

  it('follows its strategy with each deployment, also when it grows', () =>
    withStage(env, async (stage) => {
      const strategy = [
        { capacityProvider: 'pool', weight: 1, base: 0 },
        { capacityProvider: 'rest', weight: 3, base: 0 },
      ];
      await stage.addInstance({ capacityProvider: 'pool' });
      await stage.addInstance({ capacityProvider: 'rest' });
      const command = strategyService(stage, 4, strategy);
      await stage.createService(command);
      await stage.until('four run', allAre(stage, 'RUNNING', 4), SOON_MS);
      const onPool = () => stage.control.live().filter((task) => task.capacityProviderName === 'pool').length;
      expect(onPool()).toBe(1);
      const handle = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      const { incarnation } = command;
      const update = { incarnation, changes: { desiredCount: 12 }, forceNewDeployment: false };
      await handle.executeUpdate(updateServiceUpdate, { args: [update] });
      await stage.until('twelve run', allAre(stage, 'RUNNING', 12), SOON_MS);
      expect(onPool()).toBe(3);
    }));
});
