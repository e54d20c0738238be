/** Placement on named instances. */
import { describe, expect, it } from 'vitest';
import { placeOnInstances } from '../../../../scheduler/placement/place-on-instances.ts';
import { ZONE, aRequest, aSnapshot, anInstance } from '../../../../fixtures/capacity.ts';
import type { InstanceRow } from '../../../../fixtures/capacity.ts';

type Ask = Parameters<typeof aRequest>[0];

/** `ok` or the reason for each named instance. */
const answers = (rows: readonly InstanceRow[], ids: readonly string[], request: Ask = {}): readonly string[] =>
  placeOnInstances(aRequest(request), aSnapshot(rows, { status: rows.map(({ status }) => status) }), ids).map(
    (answer) => (answer.kind === 'placed' ? 'ok' : answer.failure.reason),
  );

describe('placeOnInstances', () => {
  it.each<[string, Partial<InstanceRow>, Ask, string]>([
    ['it fits', {}, {}, 'ok'],
    ['no agent', { agentConnected: false }, {}, 'AGENT'],
    ['no CPU', { cpu: 10 }, {}, 'RESOURCE:CPU'],
    ['no memory', { memoryMiB: 10 }, {}, 'RESOURCE:MEMORY'],
    ['port taken', { usedPorts: ['80/tcp'] }, { resources: { ports: ['80/tcp'] } }, 'RESOURCE:PORTS'],
    ['no GPU', {}, { resources: { gpus: 1 } }, 'RESOURCE:GPU'],
    ['attribute missing', {}, { requiredAttributes: [{ name: 'x' }] }, 'ATTRIBUTE'],
    ['draining', { status: 'DRAINING' }, {}, 'INACTIVE'],
    ['deregistered', { status: 'INACTIVE' }, {}, 'INACTIVE'],
  ])('%s', (_, row, request, expected) => {
    expect(answers([anInstance('a', row)], ['a'], request)).toEqual([expected]);
  });

  it('answers each instance in the order of the call', () => {
    const rows = [anInstance('a'), anInstance('b', { memoryMiB: 0 }), anInstance('c')];
    expect(answers(rows, ['c', 'gone', 'b', 'a'])).toEqual(['ok', 'MISSING', 'RESOURCE:MEMORY', 'ok']);
  });

  it('places one task on each named instance', () => {
    const snapshot = aSnapshot([anInstance('a', { attributes: { [ZONE]: 'z' } }), anInstance('b')]);
    expect(placeOnInstances(aRequest({ count: 7 }), snapshot, ['b', 'a'])).toEqual([
      { kind: 'placed', placed: { containerInstanceId: 'b' } },
      { kind: 'placed', placed: { containerInstanceId: 'a', availabilityZone: 'z' } },
    ]);
  });

  it('counts what it has placed: an instance named twice may be full the second time', () => {
    const rows = [anInstance('a', { memoryMiB: 1000 }), anInstance('b', { memoryMiB: 1024 })];
    expect(answers(rows, ['a', 'a', 'b', 'b', 'b'])).toEqual(['ok', 'RESOURCE:MEMORY', 'ok', 'ok', 'RESOURCE:MEMORY']);
  });

  it('ignores constraints and strategies, even malformed ones', () => {
    const request: Ask = {
      constraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'attribute:x exists' }],
      strategies: [{ type: 'binpack', field: 'nothing' }],
    };
    expect(answers([anInstance('a', { groups: { 'service:web': 1 } })], ['a'], request)).toEqual(['ok']);
  });

  it('names the instance and explains the refusal', () => {
    const rows = [anInstance('a', { cpu: 0 })];
    expect(placeOnInstances(aRequest(), aSnapshot(rows), ['a', 'b'])).toEqual([
      {
        kind: 'refused',
        containerInstanceId: 'a',
        failure: { reason: 'RESOURCE:CPU', detail: '1 container instance refused: 1 with too little CPU left.' },
      },
      {
        kind: 'refused',
        containerInstanceId: 'b',
        failure: { reason: 'MISSING', detail: 'The cluster has no such container instance.' },
      },
    ]);
  });

  it('returns nothing for no instances', () => {
    expect(answers([anInstance('a')], [])).toEqual([]);
  });
});
