/** Rebalancing's own events, and a deployment in the middle of it. test/simulation/stories covers what takes hours. */
import { describe, expect, it } from 'vitest';
import { capacityChangedSignal, updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { webHandle } from '../support/web-service.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const running = ({ control }: Stage) =>
  control.live().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
const zones = (stage: Stage): string =>
  running(stage)
    .map((task) => task.availabilityZone)
    .sort()
    .join('');
const steadyTimes = ({ control }: Stage) => control.messages().filter((m) => m.endsWith('a steady state.')).length;
const says = ({ control }: Stage, text: string) => control.messages().some((message) => message.includes(text));

/** Waits until nothing is under way: work that a test leaves behind keeps the clock of the next one from skipping. */
const rest = (stage: Stage) =>
  stage.until('at rest', () => stage.control.live().length === 4 && running(stage).length === 4);

/** A service of four tasks, all of them in zone a. */
async function fourInOneZone(stage: Stage): Promise<{ incarnation: string }> {
  await stage.addInstance({ zone: 'a' });
  const created = await stage.createService(
    createCommand(stage.cluster, { desiredCount: 4, availabilityZoneRebalancing: 'ENABLED' }),
  );
  await stage.until('steady', () => steadyTimes(stage) === 1);
  return created;
}

/**
 * Waits until the service is between two workflow tasks: a message in the middle of one stops the test server's clock.
 */
async function idle(stage: Stage) {
  await stage.pass(1_000);
  return webHandle(stage);
}

/** An instance registers, and the control plane tells a service that is not balanced. */
async function comes(stage: Stage, options: Parameters<Stage['addInstance']>[0]): Promise<string> {
  const id = await stage.addInstance(options);
  await (await idle(stage)).signal(capacityChangedSignal);
  return id;
}

describe('availability-zone rebalancing', () => {
  it('starts tasks where there are fewest, waits until they are healthy, stops as many where there are most, and says so', () =>
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
});
