/** Checks portMappings by network mode. */
import type { ContainerDefinition, PortMapping } from '@aws-sdk/client-ecs';
import type { ContainerRule, Definition, Rule } from './definition.ts';
import { containersOf, duplicates, eachContainer, isEmpty, nameOf, outside } from './definition.ts';

const MAX_PORT = 65_535;
const MAX_RANGES = 100;
const PORT_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
const PORT_RANGE = /^(\d{1,5})-(\d{1,5})$/;

const portMappings: ContainerRule = function* (container, { networkMode }) {
  const mappings = container.portMappings ?? [];
  if (networkMode === 'none' && mappings.length > 0) {
    yield 'Port mappings are not supported on container when networkMode=none';
  }
  for (const mapping of mappings) yield* portMapping(container, mapping, networkMode);
  yield* rangesTogether(container);
};

function* portMapping(
  container: ContainerDefinition,
  mapping: PortMapping,
  networkMode: string | undefined,
): Iterable<string> {
  const { containerPort, hostPort, containerPortRange, name } = mapping;
  const where = `of a port mapping of container '${nameOf(container)}'`;
  yield* outside(`The containerPort ${where}`, containerPort, [1, MAX_PORT]);
  yield* outside(`The hostPort ${where}`, hostPort, [0, MAX_PORT]);
  if (containerPort !== undefined && containerPortRange !== undefined) {
    yield 'cannot specify both single port and port range';
  }
  if (containerPort === undefined && containerPortRange === undefined) {
    yield `The containerPort ${where} can not be empty.`;
  }
  if (containerPortRange !== undefined) yield* portRange(containerPortRange, mapping, networkMode);
  const shared = networkMode === 'awsvpc' || networkMode === 'host';
  if (shared && hostPort && containerPort !== undefined && hostPort !== containerPort) {
    yield `When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`;
  }
  if (name !== undefined && !PORT_NAME.test(name)) {
    yield `Port name '${name}' is invalid. Use up to 64 lower-case letters, digits, hyphens and underscores, not starting with a hyphen.`;
  }
}

function* portRange(range: string, mapping: PortMapping, networkMode: string | undefined): Iterable<string> {
  const [, first = '', last = ''] = PORT_RANGE.exec(range) ?? [];
  if (!(Number(first) >= 1 && Number(first) < Number(last) && Number(last) <= MAX_PORT)) {
    yield `containerPortRange '${range}' is invalid. Write the first and the last port, such as 8000-8010.`;
  }
  if (mapping.hostPort !== undefined) yield 'hostPort can not be specified with containerPortRange.';
  if (networkMode === 'host' || networkMode === 'none') {
    yield 'containerPortRange is only supported when networkMode is bridge or awsvpc.';
  }
}

/** A port is in one mapping of its container alone, once ranges are used. */
function* rangesTogether(container: ContainerDefinition): Iterable<string> {
  const mappings = container.portMappings ?? [];
  const ranges = mappings.filter(({ containerPortRange }) => containerPortRange !== undefined);
  if (ranges.length > MAX_RANGES)
    yield `At most ${MAX_RANGES} port ranges are allowed of container '${nameOf(container)}'.`;
  for (const [index, mapping] of mappings.entries()) {
    const other = mappings.slice(index + 1).find((each) => overlap(mapping, each));
    if (other === undefined) continue;
    yield `The port mappings ${shownPorts(mapping)} and ${shownPorts(other)} of container '${nameOf(container)}' overlap.`;
  }
}

const shownPorts = ({ containerPort, containerPortRange }: PortMapping): string =>
  containerPortRange ?? String(containerPort ?? '');

const portsOf = (mapping: PortMapping): readonly [first: number, last: number] => {
  const [first = 0, last = first] = shownPorts(mapping).split('-').map(Number);
  return [first, last];
};

/** Two single ports may be the same: one container port can have several host ports. */
function overlap(a: PortMapping, b: PortMapping): boolean {
  if (a.containerPortRange === undefined && b.containerPortRange === undefined) return false;
  if ((a.protocol ?? 'tcp') !== (b.protocol ?? 'tcp')) return false;
  const [[firstA, lastA], [firstB, lastB]] = [portsOf(a), portsOf(b)];
  return firstA <= lastB && firstB <= lastA;
}

export const portMappingsRule = eachContainer(portMappings);

export const portNamesRule: Rule = function* (definition) {
  const names = containersOf(definition).flatMap(({ portMappings: mappings }) =>
    (mappings ?? []).flatMap(({ name }) => name ?? []),
  );
  for (const name of duplicates(names))
    yield `Port names must be unique in a task definition: '${name}' appears twice.`;
};

/** Two containers of an awsvpc task with ranges that meet. */
function* sharedRanges(definition: Definition): Iterable<string> {
  const mappings = containersOf(definition).map(({ portMappings = [] }) => portMappings);
  for (const [index, own] of mappings.entries()) {
    const others = mappings.slice(index + 1).flat();
    for (const mapping of own) {
      const other = others.find((each) => overlap(mapping, each));
      if (other !== undefined)
        yield `The ports ${shownPorts(mapping)} and ${shownPorts(other)} are mapped twice in the task definition.`;
    }
  }
}

/**
 * The containers of an awsvpc task share one network, and so do those of a host mode task: no two may listen on one
 * port.
 */
export const sharedPortsRule: Rule = function* (definition) {
  const { networkMode } = definition;
  if (networkMode === 'awsvpc') yield* sharedRanges(definition);
  const taken = containersOf(definition).flatMap(({ portMappings: mappings = [] }) =>
    isEmpty(mappings)
      ? []
      : mappings.flatMap(({ containerPort, hostPort, protocol = 'tcp' }) => {
          const port = networkMode === 'awsvpc' || networkMode === 'host' ? containerPort : hostPort;
          return port ? [`${port}/${protocol}`] : [];
        }),
  );
  for (const port of duplicates(taken)) yield `Port ${port} is mapped twice in the task definition.`;
};
