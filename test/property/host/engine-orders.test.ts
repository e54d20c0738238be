/**
 * A task ends in the same way, whatever the order of an engine's answers and events, and whenever the agent is
 * restarted.
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failedToStart } from '../../../scheduler/tasks/failed-to-start.ts';
import { taskDefinition } from '../../support/commands.ts';
import { EngineStage } from '../../support/engine-stage.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const container = (name: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name,
  image: 'busybox',
  memory: 64,
  portMappings: [{ containerPort: 80 }],
  ...more,
});

const choices = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 });
const restartAfter = fc.option(fc.nat(40), { nil: undefined });
const networkMode = fc.constantFrom<'awsvpc' | 'bridge' | 'host'>('awsvpc', 'bridge', 'host');

it('a started container counts as having been RUNNING, and runs once', async () => {
  const exitCode = fc.constantFrom(0, 1, 137);
  await fc.assert(
    fc.asyncProperty(choices, restartAfter, networkMode, exitCode, async (order, restart, mode, code) => {
      const stage = new EngineStage({
        programs: { web: { exitCode: code } },
        definition: taskDefinition({ networkMode: mode, containerDefinitions: [container('web')] }),
        choices: order,
        restartAfter: restart,
      });
      await stage.play();
      expect(stage.task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
      expect(stage.task.startedAt).toBeDefined();
      expect(failedToStart(stage.task)).toBe(false);
      expect(stage.last?.containers).toMatchObject([{ lastStatus: 'STOPPED', exitCode: code }]);
      const { startedAt = NaN, executionStoppedAt = NaN, stoppedAt = NaN } = stage.last ?? {};
      expect(startedAt).toBeLessThanOrEqual(executionStoppedAt);
      expect(executionStoppedAt).toBeLessThanOrEqual(stoppedAt);
      for (const { starts, spec } of stage.engine.containers.values())
        if (spec.container.name === 'web') expect(starts).toBe(1);
    }),
    { numRuns: 150 },
  );
});

it('the order in which independent containers start does not decide whether the task has run', async () => {
  await fc.assert(
    fc.asyncProperty(choices, restartAfter, networkMode, async (order, restart, mode) => {
      const after = { dependsOn: [{ containerName: 'main', condition: 'START' as const }] };
      const stage = new EngineStage({
        programs: { main: { exitCode: 0 }, beside: {}, after: {} },
        definition: taskDefinition({
          networkMode: mode,
          containerDefinitions: [container('beside'), container('main'), container('after', after)],
        }),
        choices: order,
        restartAfter: restart,
      });
      await stage.play();
      expect(stage.task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
      expect(stage.task.startedAt).toBeDefined();
      for (const { status } of stage.engine.containers.values()) expect(status).not.toBe('running');
    }),
    { numRuns: 150 },
  );
});

it('a container that cannot be started fails its task, whether the refusal or the end comes first', async () => {
  await fc.assert(
    fc.asyncProperty(choices, restartAfter, networkMode, async (order, restart, mode) => {
      const stage = new EngineStage({
        programs: { web: { failsToStart: true }, beside: {} },
        definition: taskDefinition({
          networkMode: mode,
          containerDefinitions: [container('beside'), container('web')],
        }),
        choices: order,
        restartAfter: restart,
      });
      await stage.play();
      expect(stage.task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
      expect(stage.task.stoppedReason).toMatch(/^CannotStartContainerError: /);
      expect(stage.task.startedAt).toBeUndefined();
      for (const { status } of stage.engine.containers.values()) expect(status).not.toBe('running');
    }),
    { numRuns: 150 },
  );
});

it('a container that a person removes in any phase ends its task, and nothing keeps running', async () => {
  await fc.assert(
    fc.asyncProperty(choices, restartAfter, networkMode, fc.nat(30), async (order, restart, mode, after) => {
      const stage = new EngineStage({
        programs: { web: {}, beside: {} },
        definition: taskDefinition({
          networkMode: mode,
          containerDefinitions: [container('web'), container('beside')],
        }),
        choices: order,
        restartAfter: restart,
        removal: { name: 'web', after },
      });
      await stage.play();
      const wasThere = ![...stage.engine.containers.values()].some(({ spec }) => spec.container.name === 'web');
      if (!wasThere) return;
      expect(stage.task.lastStatus).toBe('STOPPED');
      for (const { status } of stage.engine.containers.values()) expect(status).not.toBe('running');
    }),
    { numRuns: 150 },
  );
});
