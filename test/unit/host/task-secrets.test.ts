/** Secrets at launch, on the simulated engine in virtual time: who gets them, and how a task ends that cannot have them. */
import { describe, expect, it, vi } from 'vitest';
import { needsSecrets } from '../../../activities/host/launch/secrets.ts';
import type { TaskBlueprint } from '../../../activities/host/launch/container-spec.ts';
import { type ContainerSecrets, TaskCallRefused, type TaskControl } from '../../../model/task-calls.ts';
import { taskDefinition } from '../../support/commands.ts';
import { container, expectedTask, onHost } from '../../support/simulated-host.ts';

const SECRET = { secrets: [{ name: 'A', valueFrom: 'a' }] };
const definition = taskDefinition({
  containerDefinitions: [container('main', SECRET), container('side', { essential: false })],
});
const values: ContainerSecrets = { fileEnvironment: {}, environment: { A: 'canary' }, logOptions: {} };
const away = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));
const asking = (answer: TaskControl['secrets']) => vi.fn<TaskControl['secrets']>(answer);
/** Longer than an agent waits for its control plane. */
const PATIENCE_MS = 120_000;

describe('a task that names secrets', () => {
  it('asks once, and gives each container its own', () => {
    const asked = asking(() => Promise.resolve({ main: values }));
    const story: Parameters<typeof onHost>[1] = async (host) => {
      const created = vi.spyOn(host.runtime, 'create');
      host.launch('t1', definition);
      await host.aWhile();
      expect(host.reports.at(-1)?.lastStatus).toBe('RUNNING');
      expect(asked.mock.calls).toEqual([[{ clusterName: 'default', taskId: 't1' }]]);
      const given = created.mock.calls.map(([spec]) => [spec.container.name, spec.secrets]);
      expect(Object.fromEntries(given)).toEqual({ main: values, side: undefined });
      expect(JSON.stringify(created.mock.calls.map(([{ labels }]) => labels))).not.toContain('canary');
      expect(JSON.stringify(host.reports)).not.toContain('canary');
    };
    return onHost({}, story, asked);
  });

  it('ends in the control plane’s words if it may not have them, and creates nothing', () =>
    onHost(
      {},
      async (host) => {
        host.launch('t1', definition);
        await host.aWhile();
        expect(host.reports.at(-1)).toMatchObject({
          lastStatus: 'STOPPED',
          stopCode: 'TaskFailedToStart',
          stoppedReason: 'ResourceInitializationError: unable to pull secrets or registry auth: no',
        });
        expect(await host.containers()).toEqual([]);
      },
      () => Promise.reject(new TaskCallRefused('unable to pull secrets or registry auth: no')),
    ));

  it('waits for a control plane that is away', () => {
    const asked = asking(() => (asked.mock.calls.length < 3 ? away() : Promise.resolve({ main: values })));
    const story: Parameters<typeof onHost>[1] = async (host) => {
      host.launch('t1', definition);
      await host.aWhile();
      expect(asked).toHaveBeenCalledTimes(3);
      expect(host.reports.at(-1)?.lastStatus).toBe('RUNNING');
    };
    return onHost({}, story, asked);
  });

  it('does not wait for ever, and then tells the reason', () =>
    onHost(
      {},
      async (host) => {
        host.launch('t1', definition);
        await host.clock.advance(PATIENCE_MS);
        expect(host.reports.at(-1)).toMatchObject({
          stopCode: 'TaskFailedToStart',
          stoppedReason:
            'ResourceInitializationError: unable to pull secrets or registry auth: the control plane does not answer: connect ECONNREFUSED',
        });
      },
      away,
    ));

  it('that is stopped meanwhile ends as it was told, and asks no more', () => {
    const asked = asking(away);
    const story: Parameters<typeof onHost>[1] = async (host) => {
      host.launch('t1', definition);
      await host.clock.advance(10);
      host.stop('t1');
      await host.aWhile();
      expect(host.reports.at(-1)?.lastStatus).toBe('STOPPED');
      expect(host.reports.at(-1)).not.toHaveProperty('stoppedReason');
      await host.clock.advance(PATIENCE_MS);
      expect(asked).toHaveBeenCalledOnce();
    };
    return onHost({}, story, asked);
  });

  it('keeps what its containers have when the agent restarts', () => {
    const asked = asking(() => Promise.resolve({ main: values }));
    const story: Parameters<typeof onHost>[1] = async (host) => {
      host.launch('t1', definition);
      await host.aWhile();
      host.killAgent();
      await host.startAgent([expectedTask('t1')]);
      host.launch('t1', definition);
      await host.aWhile();
      expect(host.reports.at(-1)?.lastStatus).toBe('RUNNING');
      expect(asked).toHaveBeenCalledOnce();
    };
    return onHost({}, story, asked);
  });

  it('ends on an agent that cannot ask', () =>
    onHost({}, async (host) => {
      host.launch('t1', definition);
      await host.aWhile();
      expect(host.reports.at(-1)?.stoppedReason).toMatch(/^ResourceInitializationError: .*this agent cannot ask/);
    }));
});

it('a task that names none does not ask', () => {
  const asked = asking(away);
  const story: Parameters<typeof onHost>[1] = async (host) => {
    host.launch('t1');
    await host.aWhile();
    expect(host.reports.at(-1)?.lastStatus).toBe('RUNNING');
    expect(asked).not.toHaveBeenCalled();
  };
  return onHost({}, story, asked);
});

describe('secrets are needed', () => {
  const blueprint = { clusterName: 'default', definition, launch: { taskId: 't1', overrides: {} } } as TaskBlueprint;
  const files = [{ type: 's3' as const, value: 'arn:aws:s3:::b/a.env' }];
  const overridden = {
    ...blueprint,
    launch: { ...blueprint.launch, overrides: { containerOverrides: [{ name: 'side', environmentFiles: files }] } },
  };

  it.each([
    [blueprint, ['main', 'side'], true],
    [blueprint, ['side'], false],
    [blueprint, [], false],
    [overridden, ['side'], true],
  ])('%#', (task, containers, isNeeded) => expect(needsSecrets(task, containers)).toBe(isNeeded));
});
