/**
 * The throttle under skipped time, in its own file and so on its own test server: work that another test leaves behind
 * keeps the clock from skipping.
 */
import { describe, expect, it } from 'vitest';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');
const service = ({ control }: Stage) => control.services.get('web');

describe('throttle', () => {
  it('slows the launches of tasks that never run, says so, and begins again with a new deployment', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      stage.host.fate = () => 'fails';
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.pass(3 * 60 * 60_000);
      const times = stage.host.launched.map((launch) => launch.atMs);
      const gaps = times.slice(1).map((at, i) => (at - times[i]!) / 1000);
      expect(gaps.slice(0, 2).every((gap) => gap < 10)).toBe(true);
      // The curve: each later wait at least as long as half the step before; none above 27 minutes.
      expect(Math.max(...gaps)).toBeLessThanOrEqual(1620 + 10);
      expect(gaps.at(-1)).toBeGreaterThan(1400);
      expect(stage.host.launched.length).toBeLessThan(20);
      const told = stage.control
        .messages()
        .filter((m) => m.includes('is unable to consistently start tasks successfully'));
      expect(told).toHaveLength(1);
      expect(service(stage)?.deployments[0]?.failedTasks).toBe(stage.host.launched.length);

      stage.host.fate = () => 'starts';
      const before = stage.host.launched.length;
      const { incarnation } = service(stage)!;
      const handle = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      await handle.executeUpdate(updateServiceUpdate, {
        args: [{ incarnation, changes: {}, forceNewDeployment: true }],
      });
      await stage.until('it runs at once', () => running(stage).length === 1, 60_000);
      expect(stage.host.launched.length).toBe(before + 1);
    }));
});
