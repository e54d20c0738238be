/** Ranges of container ports: which host ports they are published on, and how reports show them. Pure. */
import type { ContainerDefinition, PortMapping } from '@aws-sdk/client-ecs';
import type { NetworkBinding } from '../../../model/task.ts';
import type { PublishedPorts } from '../runtime/types.ts';

export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly protocol: 'tcp' | 'udp';
}

/** Such as `8080/tcp`. */
export type PortKey = `${number}/${'tcp' | 'udp'}`;

/**
 * Where ranges are looked for, in this order. Linux gives out ports from 32768 to 60999 by itself, also to Docker, so those
 * above are the least likely to be taken meanwhile.
 */
const SPANS: readonly (readonly [first: number, last: number])[] = [
  [61_000, 65_535],
  [49_153, 65_535],
];

/** The ranges of a container's port mappings. */
export const portRangesOf = (mappings: readonly PortMapping[] | undefined): readonly PortRange[] =>
  (mappings ?? []).flatMap(({ containerPortRange, protocol }) => {
    if (containerPortRange === undefined) return [];
    const [first, last] = containerPortRange.split('-').map(Number);
    if (first === undefined || last === undefined) return [];
    return [{ first, last, protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const) }];
  });

/** The host ports that containers ask for by number, which ranges must leave free. */
export const fixedPortsOf = (containers: readonly ContainerDefinition[] | undefined): readonly PortKey[] =>
  (containers ?? []).flatMap(({ portMappings = [] }) =>
    portMappings.flatMap(({ hostPort, protocol }): PortKey[] =>
      hostPort ? [`${hostPort}/${protocol === 'udp' ? 'udp' : 'tcp'}`] : [],
    ),
  );

/**
 * Contiguous host ports for each range, none of them taken or used twice. `seed` is a whole number, different for each
 * task, at which the search begins. Undefined if there is no room.
 */
export function chooseHostPorts(
  ranges: readonly PortRange[],
  taken: ReadonlySet<PortKey>,
  seed: number,
): readonly PublishedPorts[] | undefined {
  const used = new Set(taken);
  const published: PublishedPorts[] = [];
  for (const range of ranges) {
    const hostFirst = SPANS.map((span) => firstFree(range, span, { used, seed })).find((port) => port !== undefined);
    if (hostFirst === undefined) return undefined;
    const chosen = { ...range, hostFirst };
    for (const key of hostPortsOf(chosen)) used.add(key);
    published.push(chosen);
  }
  return published;
}

function firstFree(
  { first, last, protocol }: PortRange,
  [lowest, highest]: readonly [number, number],
  { used, seed }: { readonly used: ReadonlySet<PortKey>; readonly seed: number },
): number | undefined {
  const length = last - first + 1;
  const places = highest - lowest + 1 - length + 1;
  if (places < 1) return undefined;
  const takenAfter = takenPortsFrom(lowest, highest, (port) => used.has(`${port}/${protocol}`));
  const start = lowest + (seed % places);
  const isPlace = (port: number): boolean => (takenAfter[port - lowest] ?? 0) >= port + length;
  for (let port = start; port < lowest + places; port += 1) if (isPlace(port)) return port;
  for (let port = lowest; port < start; port += 1) if (isPlace(port)) return port;
  return undefined;
}

/** For each port of the span the next one, itself included, that is taken; the one behind the span if none is. */
function takenPortsFrom(lowest: number, highest: number, isTaken: (port: number) => boolean): readonly number[] {
  const next = new Array<number>(highest - lowest + 1);
  let taken = highest + 1;
  for (let port = highest; port >= lowest; port -= 1) {
    if (isTaken(port)) taken = port;
    next[port - lowest] = taken;
  }
  return next;
}

/** The host ports of a published range. */
export const hostPortsOf = ({ first, last, hostFirst, protocol }: PublishedPorts): readonly PortKey[] =>
  Array.from({ length: last - first + 1 }, (_, i): PortKey => `${hostFirst + i}/${protocol}`);

/**
 * The bindings of a container as ECS shows them: the ports of a range as one binding. An engine lists each port by itself.
 * A range whose host ports do not follow each other stays as it is.
 */
export function withRanges(
  bindings: readonly NetworkBinding[],
  ranges: readonly PortRange[] | undefined,
): readonly NetworkBinding[] {
  return (ranges ?? []).reduce(withRange, bindings);
}

function withRange(
  bindings: readonly NetworkBinding[],
  { first, last, protocol }: PortRange,
): readonly NetworkBinding[] {
  const isIn = (b: NetworkBinding): boolean =>
    b.containerPortRange === undefined &&
    b.protocol === protocol &&
    b.containerPort >= first &&
    b.containerPort <= last;
  const own = bindings.filter(isIn).toSorted((a, b) => a.containerPort - b.containerPort);
  const [begin] = own;
  const isWhole = own.length === last - first + 1;
  if (begin === undefined || !isWhole || own.some((b, i) => b.hostPort !== begin.hostPort + i)) return bindings;
  const range: NetworkBinding = {
    ...begin,
    containerPortRange: `${first}-${last}`,
    hostPortRange: `${begin.hostPort}-${begin.hostPort + last - first}`,
  };
  return [...bindings.filter((b) => !isIn(b)), range];
}
