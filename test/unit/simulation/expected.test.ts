/** The simulation's check of expectations. */
import { describe, expect, it } from 'vitest';
import { missed } from '../../../simulation/checks/expected.ts';
import type { Expectation } from '../../../simulation/scenario/expectation.ts';
import type { SimulatedWorld } from '../../../simulation/world/world.ts';
import { aTask } from '../../../fixtures/records.ts';

const arn = (family: string): string => `arn:aws:ecs:us-east-1:123456789012:task-definition/${family}:1`;
const SERVICE = {
  definition: { clusterName: 'c', serviceName: 's', desiredCount: 2 },
  incarnation: 'x',
  status: 'ACTIVE',
  runningCount: 2,
  pendingCount: 0,
  taskDefinitionArn: arn('web'),
  deployments: [{ taskSet: { externalId: 'blue' }, runningCount: 2 }],
  serviceDeployments: [{ status: 'SUCCESSFUL' }],
};
const TASKS = [
  aTask({ taskId: 't1', serviceName: 's', lastStatus: 'RUNNING', availabilityZone: 'zone-a' }),
  aTask({
    taskId: 't2',
    lastStatus: 'STOPPED',
    stopCode: 'SpotInterruption',
    stoppedReason: 'Your Spot Task was interrupted.',
  }),
];
const INSTANCE = { status: 'DRAINING', agentConnected: true };

const world = {
  instances: [{ id: 'i' }],
  store: {
    getServices: (_cluster: string, [name]: string[]) => Promise.resolve(name === 's' ? [SERVICE] : []),
    getServiceEvents: () => Promise.resolve([{ message: '(service s) has reached a steady state.' }]),
    listLiveTasks: () => Promise.resolve(TASKS.slice(0, 1)),
    listTasks: () => Promise.resolve({ items: ['t1', 't2'] }),
    getTasks: () => Promise.resolve(TASKS),
    getInstances: () => Promise.resolve([INSTANCE]),
    listInstanceTasks: () => Promise.resolve([]),
  },
} as unknown as SimulatedWorld;

const look = (that: Expectation): Promise<readonly string[]> => missed({ world, clusterName: 'c' }, [that]);

describe('what a scenario expects', () => {
  it.each<Expectation>([
    { service: 's', status: 'ACTIVE', desired: 2, running: 2, pending: 0, tasks: 'web', deployment: 'SUCCESSFUL' },
    { service: 's', zones: { 'zone-a': 1, 'zone-b': 0 }, taskSets: { blue: 2 }, event: 'steady state' },
    { tasks: 'web', lastStatus: 'STOPPED', reason: 'interrupted', stopCode: 'SpotInterruption', count: 1 },
    { tasks: 'web', lastStatus: 'RUNNING' },
    { instance: 0, status: 'DRAINING', connected: true, tasks: 0 },
  ])('holds: %j', async (that) => {
    expect(await look(that)).toEqual([]);
  });

  it.each<[Expectation, string]>([
    [{ service: 't', running: 1 }, 'service t: it does not exist'],
    [{ service: 's', running: 3 }, 'service s: running is 2, expected 3'],
    [{ service: 's', pending: 1 }, 'service s: pending is 0, expected 1'],
    [{ service: 's', tasks: 'api' }, 'service s: tasks is web, expected api'],
    [{ service: 's', zones: { 'zone-b': 1 } }, 'service s: zone-b is 0, expected 1'],
    [{ service: 's', taskSets: { green: 1 } }, 'service s: task set green is missing, expected 1'],
    [{ service: 's', event: 'rolling back' }, 'service s: 0 events say "rolling back", expected at least one'],
    [{ service: 's', event: 'rolling back', times: 2 }, 'service s: 0 events say "rolling back", expected 2'],
    [{ tasks: 'web', reason: 'Scaling' }, 'tasks web: 0 are {"reason":"Scaling"}, expected at least one'],
    [{ tasks: 'web', lastStatus: 'STOPPED', count: 2 }, 'tasks web: 1 are {"lastStatus":"STOPPED"}, expected 2'],
    [{ instance: 0, status: 'ACTIVE' }, 'instance 0: status is DRAINING, expected ACTIVE'],
    [{ instance: 3, connected: true }, 'instance 3: there are only 1'],
  ])('%j does not hold', async (that, sentence) => {
    expect(await look(that)).toEqual([sentence]);
  });
});
