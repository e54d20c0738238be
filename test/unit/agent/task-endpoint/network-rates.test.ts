/** Rates between two samples of an engine's stats. */
import { expect, it } from 'vitest';
import { isOfNoRun, networkRates, statsOf } from '../../../../agent/task-endpoint/network-rates.ts';

const sample = (second: number, ...bytes: number[]) => ({
  read: `2026-12-01T00:00:0${second}.5Z`,
  ...(bytes.length === 0
    ? {}
    : { networks: Object.fromEntries(bytes.map((n, i) => [`eth${i}`, { rx_bytes: n, tx_bytes: 2 * n }])) }),
});

it.each([
  ['are of all interfaces', sample(1, 100, 50), sample(3, 300, 150), { rx_bytes_per_sec: 150, tx_bytes_per_sec: 300 }],
  ['are never negative', sample(1, 500), sample(2, 10), { rx_bytes_per_sec: 0, tx_bytes_per_sec: 0 }],
  ['need time', sample(1, 1), sample(1, 2), undefined],
  ['need a network', sample(1), sample(2), undefined],
])('rates %s', (_, before, now, expected) => {
  expect(networkRates(before, now)).toEqual(expected);
});

it('come from the container that has the network', () => {
  const own = { now: { ...sample(2), id: 'own' } };
  const pause = { now: sample(2, 100), before: sample(1, 90) };
  expect(statsOf(own, pause)).toEqual({
    ...own.now,
    networks: pause.now.networks,
    network_rate_stats: { rx_bytes_per_sec: 10, tx_bytes_per_sec: 20 },
  });
  expect(statsOf(own)).toEqual(own.now);
});

it('tells the sample of a container that does not run', () => {
  expect([isOfNoRun({ read: '0001-01-01T00:00:00Z' }), isOfNoRun(sample(1))]).toEqual([true, false]);
});
