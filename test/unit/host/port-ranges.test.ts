/** Host ports for ranges of container ports. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostPorts } from '../../../activities/host/launch/host-ports.ts';
import {
  chooseHostPorts,
  fixedPortsOf,
  hostPortsOf,
  portRangesOf,
  withRanges,
} from '../../../activities/host/launch/port-ranges.ts';
import type { PortKey, PortRange } from '../../../activities/host/launch/port-ranges.ts';

const range = (first: number, last: number, protocol: 'tcp' | 'udp' = 'tcp'): PortRange => ({ first, last, protocol });
const tcp = (from: number, to: number): PortKey[] =>
  Array.from({ length: to - from + 1 }, (_, i): PortKey => `${from + i}/tcp`);

describe('chooseHostPorts', () => {
  type Case = readonly [what: string, ranges: PortRange[], taken: PortKey[], seed: number, hosts?: number[]];
  const cases: readonly Case[] = [
    ['begins at the seed', [range(80, 89)], [], 7, [61_007]],
    ['goes on behind a taken port', [range(80, 89)], ['61010/tcp'], 7, [61_011]],
    ['ports of another protocol are free', [range(80, 89, 'udp')], ['61010/tcp'], 7, [61_007]],
    ['begins again at the first port', [range(1, 10)], tcp(61_010, 65_535), 4_000, [61_000]],
    ['takes the lower ports if the upper ones are taken', [range(1, 10)], tcp(61_000, 65_535), 0, [49_153]],
    ['a range that needs the lower ports too', [range(1, 16_383)], [], 3, [49_153]],
    ['two ranges', [range(1, 10), range(21, 30)], [], 0, [61_000, 61_010]],
    ['no room', [range(1, 10)], tcp(49_153, 65_535), 0],
    ['more than there are', [range(1, 20_000)], [], 0],
  ];
  it.each(cases.map((each) => [each[0], each] as const))('%s', (_what, [, ranges, taken, seed, hosts]) => {
    expect(chooseHostPorts(ranges, new Set(taken), seed)?.map(({ hostFirst }) => hostFirst)).toEqual(hosts);
  });

  it('gives each range as many free ports as it has, and none twice; if one range fits anywhere, it is found', () => {
    const ranges = fc.array(
      fc.record({
        first: fc.integer({ min: 1, max: 40_000 }),
        size: fc.integer({ min: 2, max: 400 }),
        protocol: fc.constantFrom('tcp' as const, 'udp' as const),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const taken = fc.array(fc.integer({ min: 49_153, max: 65_535 }), { maxLength: 400 });
    fc.assert(
      fc.property(ranges, taken, fc.nat(), (asked, busy, seed) => {
        const keys = new Set(busy.flatMap((port): PortKey[] => [`${port}/tcp`, `${port}/udp`]));
        const wanted = asked.map(({ first, size, protocol }) => range(first, first + size - 1, protocol));
        const chosen = chooseHostPorts(wanted, keys, seed);
        if (chosen === undefined) return;
        const ports = chosen.flatMap(hostPortsOf);
        expect(ports).toHaveLength(asked.reduce((sum, { size }) => sum + size, 0));
        expect(new Set(ports).size).toBe(ports.length);
        expect(ports.filter((port) => keys.has(port))).toEqual([]);
      }),
      { numRuns: 50 },
    );
    // The only room: ten ports in the middle.
    const room = new Set([...tcp(49_153, 55_000), ...tcp(55_011, 65_535)]);
    for (const seed of [0, 5_847, 5_848, 16_000])
      expect(chooseHostPorts([range(1, 10)], room, seed)).toEqual([{ ...range(1, 10), hostFirst: 55_001 }]);
  });
});

describe('withRanges', () => {
  const ports = (from: number, host: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      bindIP: '0.0.0.0',
      containerPort: from + i,
      hostPort: host + i,
      protocol: 'tcp' as const,
    }));
  const shown = (from: number, host: number, count: number) => ({
    ...ports(from, host, 1)[0],
    containerPortRange: `${from}-${from + count - 1}`,
    hostPortRange: `${host}-${host + count - 1}`,
  });

  it('shows the ports of a range as one binding, the others as they are', () => {
    const single = ports(80, 8080, 1);
    expect(withRanges([...single, ...ports(8000, 61_000, 5)], [range(8000, 8004)])).toEqual([
      ...single,
      shown(8000, 61_000, 5),
    ]);
    expect(withRanges(single, undefined)).toEqual(single);
  });

  it('does not claim a range of ports that do not follow each other', () => {
    const torn = [...ports(8000, 61_000, 2), ...ports(8002, 50_000, 2)];
    expect(withRanges(torn, [range(8000, 8003)])).toEqual(torn);
  });

  it('reads the ranges of port mappings', () => {
    expect(portRangesOf([{ containerPort: 80 }, { containerPortRange: '8000-8010', protocol: 'udp' }])).toEqual([
      range(8000, 8010, 'udp'),
    ]);
  });
});

describe('HostPorts', () => {
  const asked = { taskId: 'a'.repeat(32), ranges: [range(80, 89)] };

  it('promises ports to one container at a time, and passes over those that a program has', async () => {
    const busy = new Set<number>();
    const ports = new HostPorts({ publishedPorts: () => Promise.resolve(new Set()) }, (port) =>
      Promise.resolve(!busy.has(port)),
    );
    await ports.with(asked, async ([first]) => {
      await ports.with(asked, ([second]) => {
        const taken = new Set(hostPortsOf(first!));
        expect(hostPortsOf(second!).filter((port) => taken.has(port))).toEqual([]);
        return Promise.resolve();
      });
      busy.add(first!.hostFirst + 3);
    });
    await ports.with(asked, ([third]) => {
      expect(hostPortsOf(third!).map((key) => Number(key.split('/')[0]))).not.toContain([...busy][0]);
      return Promise.resolve();
    });
  });

  it('leaves the ports that the task asks for by number', async () => {
    const ports = new HostPorts({ publishedPorts: () => Promise.resolve(new Set()) });
    const hostPort = await ports.with(asked, ([only]) => Promise.resolve(only!.hostFirst));
    const fixed = fixedPortsOf([
      {
        portMappings: [
          { containerPort: 1, hostPort },
          { containerPort: 2, hostPort: 0 },
        ],
      },
    ]);
    expect(fixed).toEqual([`${hostPort}/tcp`]);
    await ports.with({ ...asked, fixed }, ([other]) => {
      expect(hostPortsOf(other!)).not.toContain(fixed[0]);
      return Promise.resolve();
    });
  });

  it('says that there are none', async () => {
    const full = new HostPorts({ publishedPorts: () => Promise.resolve(new Set(tcp(49_153, 65_535))) });
    await expect(full.with(asked, () => Promise.resolve())).rejects.toMatchObject({
      name: 'CannotStartContainerError',
      message: 'no range of free host ports for the container ports 80-89/tcp',
    });
  });
});
