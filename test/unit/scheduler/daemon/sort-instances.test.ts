/** Which instances a DAEMON service uses, and its placement on them. */
import { describe, expect, it } from 'vitest';
import { placeOnEach } from '../../../../scheduler/daemon/place-on-each.ts';
import { sortInstances } from '../../../../scheduler/daemon/sort-instances.ts';
import { anInstance, aRequest, aSnapshot, type InstanceRow } from '../../../../fixtures/capacity.ts';

/** The answer to a look: without capacity, with statuses. */
const look = (rows: readonly InstanceRow[]) =>
  aSnapshot(rows, { cpu: [], memoryMiB: [], runningTasksCount: [], status: rows.map(({ status }) => status) });
const memberOf = (expression: string) => ({ constraints: [{ type: 'memberOf' as const, expression }] });

const SSD = { attributes: { disk: 'ssd' } };
const ROWS: readonly [string, Partial<InstanceRow>, boolean, 'eligible' | 'violating' | 'draining' | 'none'][] = [
  ['meets the constraint', SSD, false, 'eligible'],
  ['meets it and has a task', SSD, true, 'eligible'],
  ['fails it', {}, false, 'none'],
  ['fails it and has a task', { attributes: { disk: 'hdd' } }, true, 'violating'],
  ['is not connected', { ...SSD, agentConnected: false }, false, 'none'],
  ['is not connected for a moment and has a task', { ...SSD, agentConnected: false }, true, 'eligible'],
  ['is DRAINING', { ...SSD, status: 'DRAINING' }, false, 'draining'],
  ['is DRAINING and has a task', { ...SSD, status: 'DRAINING' }, true, 'draining'],
  ['has no room', { ...SSD, cpu: 0, memoryMiB: 0 }, false, 'eligible'],
];

describe('sortInstances', () => {
  it.each(ROWS)('an instance that %s', (_what, row, occupied, kind) => {
    const request = aRequest(memberOf('attribute:disk == ssd'));
    const found = sortInstances(request, look([anInstance('i', row)]), new Set(occupied ? ['i'] : []));
    const expected = { eligible: [], violating: [], draining: [] };
    expect(found).toEqual(kind === 'none' ? expected : { ...expected, [kind]: ['i'] });
  });

  it('requires the attributes of the task definition', () => {
    const request = aRequest({ requiredAttributes: [{ name: 'gpu' }] });
    const rows = [anInstance('with', { attributes: { gpu: '' } }), anInstance('without')];
    expect(sortInstances(request, look(rows), new Set()).eligible).toEqual(['with']);
  });

  it('counts distinctInstance as met: an instance never has two tasks', () => {
    const request = aRequest({ constraints: [{ type: 'distinctInstance' }] });
    const rows = [anInstance('i', { groups: { 'service:web': 1 } })];
    expect(sortInstances(request, look(rows), new Set(['i'])).eligible).toEqual(['i']);
  });
});

describe('placeOnEach', () => {
  it('places one task on each instance, and explains instances that cannot take theirs', () => {
    const rows = [
      anInstance('a'),
      anInstance('full', { memoryMiB: 511 }),
      anInstance('z', { groups: { 'service:web': 1 } }),
    ];
    const { placed, refusal } = placeOnEach(aRequest(), aSnapshot(rows));
    expect(placed.map(({ containerInstanceId }) => containerInstanceId)).toEqual(['a', 'z']);
    expect(refusal).toMatchObject({ reason: 'RESOURCE:MEMORY', nearestInstanceId: 'full' });
  });

  it('has no refusal when all instances have room', () => {
    expect(placeOnEach(aRequest(), aSnapshot([anInstance('a')]))).toMatchObject({
      placed: [{ containerInstanceId: 'a' }],
    });
  });
});
