/** What writes look like in a history: packed, and unpacked again to the same. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  packOwnerRecord,
  packReservation,
  packReserveResult,
  unpackOwnerRecord,
  unpackReservation,
} from '../../../model/packed-writes.ts';
import type { Decision } from '../../../model/decision.ts';
import type { OwnerRecord } from '../../../model/owner-record.ts';
import type { ReserveInput } from '../../../model/reservation.ts';
import { aTask } from '../../../fixtures/records.ts';

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const instanceId = fc.constantFrom('i1', 'i2', 'i3');
const taskId = fc.constantFrom('t1', 't2', 't3', 't4', 't5');

const reservation = fc.record({
  places: fc.uniqueArray(fc.record({ taskId, instanceId: fc.option(instanceId) }), { selector: (one) => one.taskId }),
  decided: fc.array(
    fc.array(fc.record({ taskId, containerInstanceId: instanceId, replaces: taskId }, { requiredKeys: ['taskId'] })),
  ),
});

it('a reservation is as it was after it crossed a history, and so are the decisions about its tasks', () => {
  fc.assert(
    fc.property(reservation, ({ places, decided }) => {
      const tasks = places.map((place) => {
        const { containerInstanceId: _none, ...task } = aTask({ taskId: place.taskId, containerInstanceId: 'none' });
        return place.instanceId === null ? task : { ...task, containerInstanceId: place.instanceId };
      });
      const decisions = decided.map((of, i) => ({ id: `d${i}`, tasks: of }) as unknown as Decision);
      const input: ReserveInput = { clusterName: 'default', tasks, decisions };
      expect(unpackReservation(throughJson(packReservation(input)))).toEqual(throughJson(input));
    }),
  );
});

const at = fc.integer({ min: 0, max: 3 });
const containers = fc.array(fc.record({ name: fc.constantFrom('main', 'side'), lastStatus: fc.constant('RUNNING') }));
const changes = fc.record({ lastStatus: fc.constant('RUNNING'), startedAt: at, containers }, { requiredKeys: [] });
const patches = fc.array(fc.record({ taskId, version: at, changes }));

it('the patches of an owner are as they were', () => {
  fc.assert(
    fc.property(patches, (tasks) => {
      const record = { clusterName: 'default', tasks, events: [] } as unknown as OwnerRecord;
      expect(unpackOwnerRecord(throughJson(packOwnerRecord(record)))).toEqual(record);
    }),
  );
});

it('a decision about a thousand reserved tasks names none of them again', () => {
  const tasks = Array.from({ length: 1_000 }, (_, i) => aTask({ containerInstanceId: `i${i % 200}` }));
  const decided = tasks.map((task) => ({ taskId: task.taskId, containerInstanceId: task.containerInstanceId! }));
  const decision = { id: 'd', tasks: decided } as unknown as Decision;
  const size = (input: ReserveInput): number => JSON.stringify(packReservation(input)).length;
  const alone = size({ clusterName: 'default', tasks });
  expect(size({ clusterName: 'default', tasks, decisions: [decision] }) - alone).toBeLessThan(5_000);
});

it('the answer to a reservation names refused tasks, and those that have GPUs or a log mode', () => {
  const refused = [{ taskId: 't3', containerInstanceId: 'i1', reason: 'RESOURCE:CPU' }];
  const reserved = [
    { taskId: 't1', gpuIds: [] },
    { taskId: 't2', gpuIds: ['GPU-0'] },
    { taskId: 't4', gpuIds: [], logDriverMode: 'blocking' as const },
  ];
  expect(packReserveResult({ reserved, refused })).toEqual({
    refused,
    gpuIds: { t2: ['GPU-0'] },
    logDriverModes: { t4: 'blocking' },
  });
  expect(packReserveResult({ reserved: [{ taskId: 't1', gpuIds: [] }], refused: [] })).toEqual({ refused: [] });
});
