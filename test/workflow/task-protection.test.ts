/** Task scale-in protection under skipped time. */
import { describe, expect, it } from 'vitest';
import { protectTasksUpdate, stopTaskUpdate, updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { webHandle } from '../support/web-service.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const HOUR = 3_600_000;
const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');

async function twoRun(stage: Stage): Promise<{ incarnation: string }> {
  await stage.addInstance();
  const created = await stage.createService(createCommand(stage.cluster, { desiredCount: 2 }));
  await stage.until('two run', () => running(stage).length === 2);
  return created;
}

const scaleTo = (stage: Stage, { incarnation }: { incarnation: string }, desiredCount: number) =>
  webHandle(stage).executeUpdate(updateServiceUpdate, {
    args: [{ incarnation, changes: { desiredCount }, forceNewDeployment: false }],
  });

describe('task scale-in protection', () => {
  it('is recorded before it is answered, outlasts a scale-in, and ends by itself', () =>
    withStage(env, async (stage) => {
      const created = await twoRun(stage);
      const ids = running(stage).map((task) => task.taskId);
      const [kept = ''] = ids;
      const now = await stage.host.now();
      const outcome = await webHandle(stage).executeUpdate(protectTasksUpdate, {
        args: [{ taskIds: ids, protectForMs: HOUR }],
      });
      expect(outcome.failures).toEqual([]);
      expect(outcome.tasks).toHaveLength(2);
      expect(stage.control.tasks.get(kept)?.protectedUntil).toBeGreaterThanOrEqual(now + HOUR);
      await webHandle(stage).executeUpdate(protectTasksUpdate, { args: [{ taskIds: [kept], protectForMs: 2 * HOUR }] });
      await scaleTo(stage, created, 0);
      await stage.until('the service says why', () =>
        stage.control.messages().some((m) => m.endsWith('(reason 2 tasks under protection)')),
      );
      await stage.pass(HOUR / 2);
      expect(running(stage)).toHaveLength(2);
      await stage.until('the first protection ends', () => running(stage).length === 1, HOUR);
      expect(running(stage)[0]?.taskId).toBe(kept);
      await stage.until('so does the other', () => running(stage).length === 0, 2 * HOUR);
    }));

  it('does not keep a person from stopping the task; its end lets a scale-in continue at once', () =>
    withStage(env, async (stage) => {
      const created = await twoRun(stage);
      const ids = running(stage).map((task) => task.taskId);
      await webHandle(stage).executeUpdate(protectTasksUpdate, { args: [{ taskIds: ids, protectForMs: HOUR }] });
      await scaleTo(stage, created, 0);
      await webHandle(stage).executeUpdate(stopTaskUpdate, { args: [{ taskId: ids[0]!, reason: 'by hand' }] });
      await stage.until('one is left', () => running(stage).length === 1);
      await webHandle(stage).executeUpdate(protectTasksUpdate, { args: [{ taskIds: [ids[1]!] }] });
      await stage.until('none is left', () => running(stage).length === 0, HOUR / 2);
    }));
});
