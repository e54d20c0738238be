/** What comes while a reservation's answer travels: its tasks can be read already, and their owner does not hold them yet. */
import { describe, expect, it } from 'vitest';
import { runTaskWorkflowId, serviceWorkflowId } from '../../model/workflow-ids.ts';
import { instanceNoticeSignal, stopTaskUpdate } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const LOST = { kind: 'lost', stoppedReason: 'Host EC2 (instance x) stopped.' } as const;

interface Owner {
  readonly name: string;
  readonly workflowId: (stage: Stage) => string;
  readonly begin: (stage: Stage) => Promise<unknown>;
}

const owners: readonly Owner[] = [
  {
    name: 'a service',
    workflowId: ({ cluster }) => serviceWorkflowId(cluster, 'web'),
    begin: (stage) => stage.createService(createCommand(stage.cluster, { desiredCount: 1 })),
  },
  {
    name: 'RunTask',
    workflowId: ({ cluster }) => runTaskWorkflowId(cluster, 't'),
    begin: (stage) => stage.runTask('t', runTaskCommand(stage.cluster)),
  },
];

/** The reservation is in the store, and its answer waits until `arrive` is called. */
async function withAnswerUnderWay(
  stage: Stage,
  begin: Owner['begin'],
): Promise<{ arrive: () => void; begun: Promise<unknown> }> {
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  stage.control.whileAnswersTravel = () => arrived;
  const begun = begin(stage);
  await stage.until('reserved', () => stage.control.live().length === 1);
  stage.control.whileAnswersTravel = () => Promise.resolve();
  return { arrive, begun };
}

describe.each(owners)('the reservation of $name', ({ workflowId, begin }) => {
  it('is followed by the stop of a task that was asked for meanwhile', () =>
    withStage(env, async (stage) => {
      await stage.addInstance();
      const { arrive, begun } = await withAnswerUnderWay(stage, begin);
      const [task] = stage.control.live();
      const stop = stage.client
        .getHandle(workflowId(stage))
        .executeUpdate(stopTaskUpdate, { args: [{ taskId: task!.taskId, reason: 'by hand' }] });
      await stage.pass(1_000);
      arrive();
      await Promise.all([stop, begun]);
      expect(stage.control.tasks.get(task!.taskId)).toMatchObject({
        desiredStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'by hand',
      });
    }));

  it('is followed by the end of tasks whose instance was lost meanwhile, which are never launched', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance();
      const { arrive, begun } = await withAnswerUnderWay(stage, begin);
      const [task] = stage.control.live();
      stage.control.instances.get(id)!.agentConnected = false;
      await stage.client
        .getHandle(workflowId(stage))
        .signal(instanceNoticeSignal, { containerInstanceId: id, ...LOST });
      await stage.pass(1_000);
      arrive();
      await begun;
      await stage.until('stopped', () => stage.control.tasks.get(task!.taskId)?.lastStatus === 'STOPPED');
      expect(stage.control.tasks.get(task!.taskId)).toMatchObject({ stoppedReason: LOST.stoppedReason });
      expect(stage.host.launched).toEqual([]);
    }));
});
