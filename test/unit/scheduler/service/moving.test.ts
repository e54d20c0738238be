/** Which tasks a rebalancing has on the way, and when it has none. */
import { describe, expect, it } from 'vitest';
import { movingTasks } from '../../../../scheduler/service/moving.ts';
import { tasksOf, type TaskKind } from '../../../support/service-builders.ts';
import { aView, type Snapshot } from '../../../support/service-view.ts';

const REBALANCED = { availabilityZoneRebalancing: 'ENABLED' } as const;

interface Row {
  readonly when: string;
  readonly tasks: Partial<Record<TaskKind, number>>;
  readonly movingIds: readonly string[];
  readonly definition?: Snapshot['definition'];
  readonly arriving?: readonly string[];
  readonly arrived?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    when: 'a pending task beside the desired count arrives',
    tasks: { healthy: 3, pending: 1 },
    movingIds: ['new-pending-0'],
    arriving: ['new-pending-0'],
  },
  {
    when: 'a running task that is not healthy yet arrives',
    tasks: { healthy: 3, settling: 1 },
    movingIds: ['new-settling-0'],
    arriving: ['new-settling-0'],
  },
  {
    when: 'a healthy task has arrived',
    tasks: { healthy: 3, checked: 1 },
    movingIds: ['new-checked-0'],
    arrived: ['new-checked-0'],
  },
  {
    when: 'some have arrived and some have not',
    tasks: { healthy: 3, checked: 1, pending: 1 },
    movingIds: ['new-checked-0', 'new-pending-0'],
    arriving: ['new-pending-0'],
    arrived: ['new-checked-0'],
  },
  {
    when: 'an id without a task counts for nothing',
    tasks: { healthy: 3, pending: 1 },
    movingIds: ['new-pending-0', 'gone'],
    arriving: ['new-pending-0'],
  },
  { when: 'no move was begun', tasks: { healthy: 3, pending: 1 }, movingIds: [] },
  { when: 'another task was lost', tasks: { healthy: 2, pending: 1 }, movingIds: ['new-pending-0'] },
  {
    when: 'one more is wanted',
    tasks: { healthy: 3, pending: 1 },
    movingIds: ['new-pending-0'],
    definition: { desiredCount: 4 },
  },
  {
    when: 'one fewer is wanted',
    tasks: { healthy: 3, pending: 1 },
    movingIds: ['new-pending-0'],
    definition: { desiredCount: 2 },
  },
  {
    when: 'another task is on a DRAINING instance',
    tasks: { healthy: 2, draining: 1, pending: 1 },
    movingIds: ['new-pending-0'],
  },
  { when: 'another task is unhealthy', tasks: { checked: 2, unhealthy: 1, pending: 1 }, movingIds: ['new-pending-0'] },
  {
    when: 'the task that moves has turned unhealthy',
    tasks: { healthy: 3, unhealthy: 1 },
    movingIds: ['new-unhealthy-0'],
  },
  { when: 'the task that moves stops', tasks: { healthy: 3, stopping: 1 }, movingIds: ['new-stopping-0'] },
  {
    when: 'rebalancing was switched off',
    tasks: { healthy: 3, pending: 1 },
    movingIds: ['new-pending-0'],
    definition: { availabilityZoneRebalancing: 'DISABLED' },
  },
  {
    when: 'the definition does not allow rebalancing any more',
    tasks: { healthy: 3, pending: 1 },
    movingIds: ['new-pending-0'],
    definition: { maximumPercent: 100 },
  },
];

describe('movingTasks', () => {
  it.each(ROWS)('$when', ({ tasks, movingIds, definition, arriving = [], arrived = [] }) => {
    const view = aView({ definition: { ...REBALANCED, ...definition }, tasks: tasksOf(tasks), movingIds });
    const moving = movingTasks(view);
    const ids = (items: typeof moving.arriving) => items.map(({ task }) => task.taskId);
    expect({ arriving: ids(moving.arriving), arrived: ids(moving.arrived) }).toEqual({ arriving, arrived });
  });
});
