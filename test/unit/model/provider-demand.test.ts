/** How many instances a capacity provider needs. */
import { describe, expect, it } from 'vitest';
import { providerDemand, type ProviderGroup } from '../../../model/provider-demand.ts';

const instance = (isUsed = true, cpu = 1024) => ({ cpu, memoryMiB: 4096, gpus: 0, isUsed });
const task = (cpu: number, ports: readonly string[] = []) => ({ cpu, memoryMiB: 256, gpus: 0, ports });
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('providerDemand', () => {
  it.each<[string, ProviderGroup, { needed: number; reservation: number }]>([
    ['nothing at all', { instances: [], waiting: [] }, { needed: 0, reservation: 100 }],
    ['tasks and no instance', { instances: [], waiting: times(5, task(512)) }, { needed: 1, reservation: 200 }],
    ['all in use', { instances: times(4, instance()), waiting: [] }, { needed: 4, reservation: 100 }],
    ['empty ones', { instances: [instance(), instance(false)], waiting: [] }, { needed: 1, reservation: 50 }],
    ['tasks that share', { instances: [instance()], waiting: times(4, task(512)) }, { needed: 3, reservation: 300 }],
    [
      'tasks of the same host port',
      { instances: [instance()], waiting: times(3, task(1, ['80/tcp'])) },
      { needed: 4, reservation: 400 },
    ],
    [
      'larger tasks first',
      { instances: [instance()], waiting: [task(256), task(768), task(256), task(768)] },
      { needed: 3, reservation: 300 },
    ],
  ])('%s', (_what, group, expected) => {
    expect(providerDemand(group)).toMatchObject(expected);
  });

  it('counts a whole instance for a task that takes every GPU', () => {
    const withGpus = { ...instance(), gpus: 4 };
    const waiting = [
      { ...task(1), gpus: 'ALL' as const },
      { ...task(2), gpus: 1 },
      { ...task(3), gpus: 'ALL' as const },
    ];
    expect(providerDemand({ instances: [withGpus], waiting })).toMatchObject({ needed: 4, tooBig: 0 });
    expect(providerDemand({ instances: [instance()], waiting })).toMatchObject({ needed: 1, tooBig: 3 });
  });

  it('leaves out tasks that the smallest instance could not take', () => {
    const demand = providerDemand({ instances: [instance(), instance(true, 256)], waiting: [task(512), task(128)] });
    expect(demand).toEqual({ instances: 2, needed: 3, reservation: 150, waitingTasks: 2, tooBig: 1 });
  });
});
