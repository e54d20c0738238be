import { describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../model/service.ts';
import {
  capacityChangedSignal,
  protectTasksUpdate,
  serviceWorkflowId,
  updateServiceUpdate,
} from '../../workflows/messages.ts';
import { createCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const handle = ({ client, cluster }: Stage) => client.getHandle(serviceWorkflowId(cluster, 'web'));
const running = ({ control }: Stage) =>
  control.live().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
const zones = (stage: Stage): string =>
  running(stage)
    .map((task) => task.availabilityZone)
    .sort()
    .join('');
const steadyTimes = ({ control }: Stage) => control.messages().filter((m) => m.endsWith('a steady state.')).length;
const says = ({ control }: Stage, text: string) => control.messages().some((message) => message.includes(text));

/** Nothing is under way: work that a test leaves behind keeps the clock of the next one from skipping. */
const rest = (stage: Stage) =>
  stage.until('at rest', () => stage.control.live().length === 4 && running(stage).length === 4);

/** A service of four, all of them in zone a. */
async function fourInOneZone(stage: Stage, changes: Partial<ServiceDefinition> = {}): Promise<{ incarnation: string }> {
  await stage.addInstance({ zone: 'a' });
  const created = await stage.createService(
    createCommand(stage.cluster, { desiredCount: 4, availabilityZoneRebalancing: 'ENABLED', ...changes }),
  );
  await stage.until('steady', () => steadyTimes(stage) === 1);
  return created;
}

/** The service in between two steps: a message in the middle of one makes the test server's clock stand still. */
async function idle(stage: Stage) {
  await stage.pass(1_000);
  return handle(stage);
}

/** An instance registers, as the control plane tells a service that is not balanced. */
async function comes(stage: Stage, options: Parameters<Stage['addInstance']>[0]): Promise<string> {
  const id = await stage.addInstance(options);
  await (await idle(stage)).signal(capacityChangedSignal);
  return id;
}

// Now and then the test server's clock stands still for good after a message, with nothing left to do: then once more.
describe('availability-zone rebalancing', { retry: 2, timeout: 40_000 }, () => {
  it('starts tasks where there are fewest, waits until they are healthy, stops as many where most are, and says so', () =>
    withStage(env, async (stage) => {
      await fourInOneZone(stage);
      await comes(stage, { zone: 'b' });
      await stage.until('two more run', () => zones(stage) === 'aaaabb');
      expect(says(stage, 'is not AZ balanced with 4 tasks in a, 0 tasks in b. AZ Rebalancing in progress.')).toBe(true);
      expect(says(stage, 'has started 2 tasks in b to AZ Rebalance: (task ')).toBe(true);
      await stage.pass(30_000);
      expect(zones(stage)).toBe('aaaabb');
      await stage.until('balanced', () => zones(stage) === 'aabb');
      await stage.until('it says so', () => says(stage, 'is AZ balanced with 2 tasks in a, 2 tasks in b.'));
      expect(says(stage, ' running tasks in a due to AZ rebalancing: (task ')).toBe(true);
      const reasons = [...stage.control.tasks.values()].flatMap((task) => task.stoppedReason ?? []);
      const [deployment] = stage.control.services.get('web')!.deployments;
      const reason = `Availability-zone rebalancing initiated by (deployment ${deployment!.deploymentId})`;
      expect(reasons).toEqual([reason, reason]);
      const actions = stage.control.actions.map(({ eventName }) => eventName);
      expect(actions.filter((name) => name.startsWith('SERVICE_REBALANCING'))).toEqual([
        'SERVICE_REBALANCING_STARTED',
        'SERVICE_REBALANCING_COMPLETED',
      ]);
      const launched = stage.host.launched.length;
      await stage.pass(600_000);
      expect(stage.host.launched).toHaveLength(launched);
      await rest(stage);
    }));

  it('does nothing for a service that is balanced, or has it switched off', () =>
    withStage(env, async (stage) => {
      const { incarnation } = await fourInOneZone(stage, { availabilityZoneRebalancing: 'DISABLED' });
      await comes(stage, { zone: 'b' });
      await stage.pass(600_000);
      expect(zones(stage)).toBe('aaaa');
      await (
        await idle(stage)
      ).executeUpdate(updateServiceUpdate, {
        args: [{ incarnation, changes: { availabilityZoneRebalancing: 'ENABLED' }, forceNewDeployment: false }],
      });
      await stage.until('balanced', () => zones(stage) === 'aabb');
      await rest(stage);
    }));

  it('waits while the other zone has no room, and goes on when it has', () =>
    withStage(env, async (stage) => {
      await fourInOneZone(stage);
      await comes(stage, { zone: 'b', cpu: 100 });
      await stage.pass(600_000);
      expect(stage.host.launched).toHaveLength(4);
      await comes(stage, { zone: 'b', cpu: 256 });
      await stage.until('as far as there is room', () => zones(stage) === 'aaab');
      await stage.pass(600_000);
      expect(stage.host.launched).toHaveLength(5);
      await stage.addInstance({ zone: 'b' });
      await stage.until('by its own timer', () => zones(stage) === 'aabb');
      await rest(stage);
    }));

  it('tries ever less often when the tasks that it starts come to nothing', () =>
    withStage(env, async (stage) => {
      await fourInOneZone(stage);
      stage.host.fate = () => 'fails';
      await comes(stage, { zone: 'b' });
      await stage.pass(1_200_000);
      expect(stage.host.launched.length).toBeLessThanOrEqual(4 + 2 * 5);
      expect(zones(stage)).toBe('aaaa');
      stage.host.fate = () => 'starts';
      await stage.until('balanced', () => zones(stage) === 'aabb', 2 * 3_600_000);
      await rest(stage);
    }));

  it('leaves protected tasks where they are', () =>
    withStage(env, async (stage) => {
      await fourInOneZone(stage);
      const taskIds = running(stage).map((task) => task.taskId);
      await (await idle(stage)).executeUpdate(protectTasksUpdate, { args: [{ taskIds, protectForMs: 1_800_000 }] });
      await comes(stage, { zone: 'b' });
      await stage.pass(600_000);
      expect(zones(stage)).toBe('aaaa');
      await stage.until('the protection has ended', () => zones(stage) === 'aabb', 2 * 3_600_000);
      await rest(stage);
    }));

  it('gives way to a deployment', () =>
    withStage(env, async (stage) => {
      const { incarnation } = await fourInOneZone(stage);
      await comes(stage, { zone: 'b' });
      await stage.until('two more run', () => zones(stage) === 'aaaabb');
      await (
        await idle(stage)
      ).executeUpdate(updateServiceUpdate, {
        args: [{ incarnation, changes: {}, forceNewDeployment: true }],
      });
      await stage.until('the new deployment is steady', () => steadyTimes(stage) === 2);
      await stage.until('its own tasks are balanced', () => zones(stage) === 'aabb');
      expect(stage.control.actions.map(({ eventName }) => eventName)).toContain('SERVICE_REBALANCING_STOPPED');
      await rest(stage);
    }));

  it('counts only the zones of its capacity providers, and waits for no instances of theirs', () =>
    withStage(env, async (stage) => {
      const capacityProviderStrategy = [{ capacityProvider: 'pool', weight: 1 }];
      await stage.addInstance({ zone: 'a', capacityProvider: 'pool' });
      await stage.createService(
        createCommand(stage.cluster, {
          desiredCount: 4,
          availabilityZoneRebalancing: 'ENABLED',
          capacityProviderStrategy,
        }),
      );
      await stage.until('steady', () => steadyTimes(stage) === 1);
      await comes(stage, { zone: 'c' });
      await stage.pass(600_000);
      expect(zones(stage)).toBe('aaaa');
      expect(says(stage, 'is not AZ balanced')).toBe(false);
      expect(stage.control.tasks.size).toBe(4);
      await comes(stage, { zone: 'b', capacityProvider: 'pool' });
      await stage.until('balanced over the two', () => zones(stage) === 'aabb');
      await rest(stage);
    }));
});
