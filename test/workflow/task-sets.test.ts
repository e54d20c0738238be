/** Services with task sets under skipped time. */
import { describe, expect, it } from 'vitest';
import type { ChangeTaskSetCommand, CreateTaskSetCommand } from '../../model/commands.ts';
import { changeTaskSetUpdate, createTaskSetUpdate } from '../../workflows/messages.ts';
import { createCommand, taskDefinition } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { webHandle } from '../support/web-service.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const service = ({ control }: Stage) => control.services.get('web');
const ofRevision = ({ control }: Stage, revision: number) =>
  control.live().filter((task) => task.lastStatus === 'RUNNING' && task.revision === revision).length;

async function externalService(stage: Stage, desiredCount: number): Promise<void> {
  await stage.addInstance();
  const { taskDefinition: _none, ...command } = createCommand(stage.cluster, {
    desiredCount,
    deploymentController: 'EXTERNAL',
  });
  await stage.createService(command);
}

async function addTaskSet(
  stage: Stage,
  revision: number,
  command: Partial<CreateTaskSetCommand> = {},
): Promise<string> {
  const { incarnation } = service(stage)!;
  const rest = { launchType: 'EC2', scale: 100, digest: `${revision}`, tags: [] } as const;
  const args: [CreateTaskSetCommand] = [
    { incarnation, taskDefinition: taskDefinition({ revision }), ...rest, ...command },
  ];
  return (await webHandle(stage).executeUpdate(createTaskSetUpdate, { args })).taskSetId;
}

async function change(stage: Stage, taskSetId: string, asked: ChangeTaskSetCommand['change']): Promise<void> {
  const { incarnation } = service(stage)!;
  await webHandle(stage).executeUpdate(changeTaskSetUpdate, { args: [{ incarnation, taskSetId, change: asked }] });
}

describe('a service of task sets', () => {
  it('runs each set at its share, moves from one to the other, and removes the deleted one', () =>
    withStage(env, async (stage) => {
      await externalService(stage, 4);
      expect(service(stage)).toMatchObject({ status: 'ACTIVE', deployments: [], taskDefinitionArn: '' });
      const blue = await addTaskSet(stage, 1);
      await stage.until('blue runs', () => ofRevision(stage, 1) === 4);
      await change(stage, blue, { kind: 'primary' });
      expect(service(stage)?.taskDefinitionArn).toMatch(/web:1$/);

      const green = await addTaskSet(stage, 2, { scale: 25 });
      await stage.until('a quarter of green runs', () => ofRevision(stage, 2) === 1);
      expect(ofRevision(stage, 1)).toBe(4);
      await change(stage, green, { kind: 'scale', scale: 100 });
      await stage.until('green runs', () => ofRevision(stage, 2) === 4);
      const stability = () => service(stage)?.deployments.map((set) => set.taskSet?.stabilityStatus);
      await stage.until('both are stable', () => stability()?.every((status) => status === 'STEADY_STATE') === true);

      await change(stage, green, { kind: 'primary' });
      await change(stage, blue, { kind: 'delete', force: true });
      await stage.until('blue is gone', () => service(stage)?.deployments.length === 1);
      expect([ofRevision(stage, 1), ofRevision(stage, 2)]).toEqual([0, 4]);
      expect(service(stage)?.taskDefinitionArn).toMatch(/web:2$/);
    }));

  it('replaces a stopped task in its own set', () =>
    withStage(env, async (stage) => {
      await externalService(stage, 2);
      const blue = await addTaskSet(stage, 1);
      await addTaskSet(stage, 2);
      await stage.until('all run', () => ofRevision(stage, 1) + ofRevision(stage, 2) === 4);
      const [victim] = stage.control.live().filter((task) => task.startedBy === blue);
      await stage.host.exit(victim!.taskId);
      const isGone = () => stage.control.tasks.get(victim!.taskId)!.lastStatus === 'STOPPED';
      await stage.until('replaced', () => isGone() && ofRevision(stage, 1) === 2);
      expect(ofRevision(stage, 2)).toBe(2);
    }));

  it('finds the first set by its clientToken, and refuses the token with other parameters', () =>
    withStage(env, async (stage) => {
      await externalService(stage, 1);
      const first = await addTaskSet(stage, 1, { clientToken: 'once' });
      expect(await addTaskSet(stage, 1, { clientToken: 'once' })).toBe(first);
      await expect(addTaskSet(stage, 1, { clientToken: 'once', digest: 'other' })).rejects.toMatchObject({
        cause: { type: 'InvalidParameterException', message: 'Creation of task set was not idempotent.' },
      });
      expect(service(stage)?.deployments).toHaveLength(1);
    }));

  it.each([
    ['an unknown set', 'ecs-svc/1', { kind: 'scale', scale: 1 }, 'TaskSetNotFoundException'],
    [
      'a set that is scaled above 0, without force',
      'own',
      { kind: 'delete', force: false },
      'InvalidParameterException',
    ],
    ['the primary set', 'primary', { kind: 'delete', force: true }, 'InvalidParameterException'],
  ] as const)('refuses to change %s', (_what, which, asked, type) =>
    withStage(env, async (stage) => {
      await externalService(stage, 1);
      const own = await addTaskSet(stage, 1);
      if (which === 'primary') await change(stage, own, { kind: 'primary' });
      const id = which === 'ecs-svc/1' ? which : own;
      await expect(change(stage, id, asked)).rejects.toMatchObject({ cause: { type } });
    }),
  );
});
