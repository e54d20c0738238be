/** The simulation's comparison of the store with its owners. */
import { describe, expect, it } from 'vitest';
import type { CountedInstance } from '../../../model/container-instance.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import type { Task } from '../../../model/task.ts';
import type { Observation } from '../../../simulation/checks/observation.ts';
import { ownersDiffer } from '../../../simulation/checks/owners.ts';
import type { SimulatedWorld } from '../../../simulation/world/world.ts';

const OWNER = 'service/c/s';
const task = { taskId: 't', containerInstanceId: 'i', lastStatus: 'RUNNING', desiredStatus: 'RUNNING', version: 3 };
const service = { definition: { clusterName: 'c', serviceName: 's', desiredCount: 1, tags: [] }, status: 'ACTIVE' };
const instance = { containerInstanceId: 'i', clusterName: 'c', status: 'ACTIVE', agentConnected: true };

const STORE: Observation = {
  tasks: new Map([['t', { ...task, ownerWorkflowId: OWNER } as unknown as Task]]),
  services: new Map([['s', service as unknown as ServiceRecord]]),
  instances: new Map([['i', instance as unknown as CountedInstance]]),
};

interface Memory {
  readonly ownedTasks?: unknown;
  readonly serviceRow?: unknown;
  readonly instance?: unknown;
}

function differences(memory: Memory = {}, now = STORE): Promise<readonly string[]> {
  const answers: Memory = { ownedTasks: [task], serviceRow: service, instance, ...memory };
  const query = (_id: string, name: keyof Memory) =>
    Promise.resolve(answers[name] === 'busy' ? undefined : { answer: answers[name] });
  return ownersDiffer({ world: { temporal: { query } } as unknown as SimulatedWorld, now });
}

describe('the store and the owners', () => {
  it('agree', async () => {
    expect(await differences()).toEqual([]);
  });

  it('agree whatever tags the API has written', async () => {
    const definition = { ...service.definition, tags: [{ key: 'k', value: 'v' }] };
    expect(await differences({ serviceRow: { ...service, definition } })).toEqual([]);
  });

  it.each<[string, Memory, string]>([
    ['a version that was never written', { ownedTasks: [{ ...task, version: 4 }] }, 'version 3'],
    ['another instance', { ownedTasks: [{ ...task, containerInstanceId: 'j' }] }, 'on j'],
    ['a task that its owner has forgotten', { ownedTasks: [] }, 'and ended for service/c/s'],
    ['a task that the store does not know', { ownedTasks: [task, { ...task, taskId: 'u' }] }, 'task u is ended'],
    ['another status of the service', { serviceRow: { ...service, status: 'DRAINING' } }, 'has status "ACTIVE"'],
    ['a service of which its workflow knows nothing', { serviceRow: null }, 'holds none'],
    [
      'an instance that its workflow knows differently',
      { instance: { status: 'DRAINING', agentConnected: true } },
      'DRAINING',
    ],
    ['an owner that is always busy', { serviceRow: 'busy' }, 'is still busy'],
  ])('differ: %s', async (_, memory, sentence) => {
    const found = await differences(memory);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(sentence);
  });
});
