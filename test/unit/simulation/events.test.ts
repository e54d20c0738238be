/** The simulation's check of events. */
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../model/task.ts';
import { EventOrder } from '../../../simulation/checks/events.ts';
import { NOTHING_YET, type Observation } from '../../../simulation/checks/observation.ts';
import type { SimulatedWorld } from '../../../simulation/world/world.ts';
import type { StoredEvent } from '../../../model/event.ts';

type Told = Pick<Task, 'lastStatus' | 'desiredStatus' | 'version'>;

const pending: Told = { lastStatus: 'PENDING', desiredStatus: 'RUNNING', version: 1 };
const running: Told = { lastStatus: 'RUNNING', desiredStatus: 'RUNNING', version: 2 };
const stopping: Told = { lastStatus: 'STOPPING', desiredStatus: 'STOPPED', version: 3 };
const stopped: Told = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 4 };

const event = (position: number, rest: object): StoredEvent =>
  ({ position, id: `event-${position}`, at: 0, clusterName: 'c', ...rest }) as StoredEvent;
const ofTask = (told: Told, i: number): StoredEvent => event(i + 1, { kind: 'task', task: { taskId: 't', ...told } });
const ofDeployment = (eventName: string, i: number): StoredEvent =>
  event(i + 1, { kind: 'deployment', serviceName: 's', action: { eventName, deploymentId: 'd', createdAt: 0 } });

async function check(events: readonly StoredEvent[], now: Observation = NOTHING_YET): Promise<readonly string[]> {
  const listEvents = () => Promise.resolve({ events, through: events.at(-1)?.position ?? 0 });
  const world = { store: { listEvents } } as unknown as SimulatedWorld;
  return new EventOrder().check({ world, before: NOTHING_YET, now });
}

const seen = (told: Told): Observation => ({
  ...NOTHING_YET,
  tasks: new Map([['t', { taskId: 't', ...told } as Task]]),
});

describe('events in order', () => {
  it('accepts the events of a task from beginning to end', async () => {
    expect(await check([pending, running, stopping, stopped].map(ofTask), seen(stopped))).toEqual([]);
  });

  it.each([
    ['an event after STOPPED', [running, stopped, { ...stopped, version: 5 }], 'after STOPPED'],
    ['a version that an event had already', [running, { ...stopping, version: 2 }], 'version 2 comes after 2'],
    ['a status that goes back', [running, { ...pending, version: 3 }], 'PENDING in an event after RUNNING'],
    [
      'a desired status that goes back',
      [stopping, { ...stopping, version: 4, desiredStatus: 'RUNNING' }],
      'RUNNING in an event after STOPPED',
    ],
  ] satisfies [string, Told[], string][])('finds %s', async (_, told, sentence) => {
    expect((await check(told.map(ofTask))).join()).toContain(sentence);
  });

  it('finds a change without an event', async () => {
    const wrong = await check([pending, running].map(ofTask), seen(stopped));
    expect(wrong).toEqual(['task t is STOPPED (version 4), but its newest event has RUNNING (2)']);
  });

  it('finds a repeated position', async () => {
    expect((await check([ofTask(pending, 0), ofTask(running, 0)])).join()).toContain('has position 1');
  });

  it.each([
    [['IN_PROGRESS', 'COMPLETED'], 0],
    [['IN_PROGRESS', 'FAILED', 'IN_PROGRESS', 'COMPLETED'], 0],
    [['COMPLETED'], 1],
    [['IN_PROGRESS', 'IN_PROGRESS'], 1],
    [['IN_PROGRESS', 'COMPLETED', 'FAILED'], 1],
  ])('deployment: %s', async (states, wrong) => {
    expect(await check(states.map((state, i) => ofDeployment(`SERVICE_DEPLOYMENT_${state}`, i)))).toHaveLength(wrong);
  });
});
