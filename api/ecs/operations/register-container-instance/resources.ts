/** Reads the resources of a registering instance from ECS's resource objects. */
import type { RegisterContainerInstanceRequest, Resource } from '@aws-sdk/client-ecs';
import type { InstanceResources } from '../../../../model/container-instance.ts';
import { invalid } from '../../rules/refusals.ts';

const KNOWN = ['CPU', 'MEMORY', 'PORTS', 'PORTS_UDP', 'GPU'];
const MOST_RESERVED_PORTS = 100;

/**
 * Returns the resources, or throws InvalidParameterException. CPU and MEMORY are required; PORTS and PORTS_UDP are
 * ports that tasks may never take.
 */
export function resolveResources(
  input: Pick<RegisterContainerInstanceRequest, 'totalResources' | 'platformDevices'>,
): InstanceResources {
  const given = input.totalResources ?? [];
  const byName = new Map(given.map((resource) => [resource.name ?? '', resource]));
  const unknown = [...byName.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw invalid(`totalResources name should be one of [${KNOWN.join(',')}]: ${unknown}`);
  const reservedPorts = [...portsOf(byName.get('PORTS'), 'tcp'), ...portsOf(byName.get('PORTS_UDP'), 'udp')];
  if (reservedPorts.length > MOST_RESERVED_PORTS) {
    throw invalid(`An instance can reserve at most ${MOST_RESERVED_PORTS} ports.`);
  }
  const devices = (input.platformDevices ?? []).flatMap(({ type, id }) => (type === 'GPU' && id ? [id] : []));
  return {
    cpu: amountOf('CPU', byName.get('CPU')),
    memoryMiB: amountOf('MEMORY', byName.get('MEMORY')),
    reservedPorts,
    gpuIds: [...new Set([...(byName.get('GPU')?.stringSetValue ?? []), ...devices])],
  };
}

function amountOf(name: string, resource: Resource | undefined): number {
  const amount = resource?.integerValue;
  for (const other of ['longValue', 'doubleValue'] as const) {
    // Descriptions of instances have zeros in the members that a resource does not use.
    if (resource?.[other]) throw invalid(`totalResources must have ${name} as its integerValue, not its ${other}.`);
  }
  if (amount === undefined || amount < 0) {
    throw invalid(`totalResources must have ${name} as an INTEGER that is not negative.`);
  }
  return amount;
}

function portsOf(resource: Resource | undefined, protocol: 'tcp' | 'udp'): string[] {
  return (resource?.stringSetValue ?? []).map((port) => {
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw invalid(`Port '${port}' is invalid.`);
    return `${port}/${protocol}`;
  });
}
