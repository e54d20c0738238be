/** What happens to a task when a container can never start because of a dependency. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DependencyCondition } from '../../../activities/host/launch/plan.ts';
import { taskDefinition } from '../../support/commands.ts';
import { EngineStage } from '../../support/engine-stage.ts';
import type { Program } from '../../support/permuting-engine.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const container = (
  name: string,
  needs: Readonly<Record<string, DependencyCondition>> = {},
  more: Partial<ContainerDefinition> = {},
): ContainerDefinition => ({
  name,
  image: 'busybox',
  memory: 64,
  dependsOn: Object.entries(needs).map(([containerName, condition]) => ({ containerName, condition })),
  ...more,
});
const ASIDE = { essential: false };

async function play(containerDefinitions: ContainerDefinition[], programs: Record<string, Program>) {
  const definition = taskDefinition({ containerDefinitions });
  const stage = new EngineStage({ programs, definition, choices: [0] });
  await stage.play();
  const containers = stage.last?.containers.map(({ name, lastStatus, reason }) => [name, lastStatus, reason]);
  return { task: stage.task, containers };
}

/** Each with a dependency that can never come true. */
const HOPELESS: readonly [DependencyCondition, Program, string][] = [
  ['START', { failsToStart: true }, 'container init did not start'],
  ['COMPLETE', { failsToStart: true }, 'container init did not start'],
  ['SUCCESS', { exitCode: 4 }, 'container init exited with code 4'],
  ['HEALTHY', { exitCode: 0 }, 'container init stopped before it was healthy'],
];

it.each(HOPELESS)('a failed %s dependency ends only its optional container', async (condition, init, why) => {
  const { task, containers } = await play(
    [container('main'), container('extra', { init: condition }, ASIDE), container('init', {}, ASIDE)],
    { init },
  );
  expect(task).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'RUNNING' });
  expect(containers?.slice(0, 2)).toEqual([
    ['main', 'RUNNING', undefined],
    ['extra', 'STOPPED', `TaskDependencyError: ${why}`],
  ]);
});

it.each(HOPELESS)('a failed %s dependency of an essential container ends the task', async (condition, init, why) => {
  const { task, containers } = await play(
    [container('beside'), container('main', { init: condition }), container('init', {}, ASIDE)],
    { init },
  );
  expect(task).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: expect.stringMatching(/^TaskDependencyError: Task dependencies cannot be resolved/) as string,
  });
  expect(task.startedAt).toBeUndefined();
  expect(containers?.[1]).toEqual(['main', 'STOPPED', `TaskDependencyError: ${why}`]);
});

it('a failed dependency ends all dependents in turn, whatever their order in the definition', async () => {
  const chain = [
    container('third', { second: 'START' }, ASIDE),
    container('second', { first: 'COMPLETE' }, ASIDE),
    container('first', { init: 'SUCCESS' }, ASIDE),
    container('init', {}, ASIDE),
  ];
  const alone = await play([container('main'), ...chain], { init: { exitCode: 1 } });
  expect(alone.task.lastStatus).toBe('RUNNING');
  expect(alone.containers).toEqual([
    ['main', 'RUNNING', undefined],
    ['third', 'STOPPED', 'TaskDependencyError: container second did not start'],
    ['second', 'STOPPED', 'TaskDependencyError: container first did not start'],
    ['first', 'STOPPED', 'TaskDependencyError: container init exited with code 1'],
    ['init', 'STOPPED', undefined],
  ]);
  const needed = await play([container('main', { third: 'START' }), ...chain], { init: { exitCode: 1 } });
  expect(needed.task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
  expect(needed.containers?.[0]).toEqual(['main', 'STOPPED', 'TaskDependencyError: container third did not start']);
});
