/** A container instance of the model as the ECS API shows it. Only one that registered as a machine of EC2 shows an ec2InstanceId. */
import type {
  ContainerInstance as WireContainerInstance,
  ContainerInstanceHealthStatus,
  Resource,
} from '@aws-sdk/client-ecs';
import type { Partition } from '../arn.ts';
import { containerInstanceArn } from '../arn.ts';
import { EC2_INSTANCE_ID_ATTRIBUTE, type ContainerInstance, type CountedInstance } from '../container-instance.ts';

export interface PresentContainerInstanceOptions {
  readonly includeTags: boolean;
  readonly includeHealth?: boolean;
}

/** A wire container instance with what it has and what is left of it. */
export function presentContainerInstance(
  instance: CountedInstance,
  partition: Partition,
  options: PresentContainerInstanceOptions,
): WireContainerInstance {
  const { registered, remaining } = instance;
  const hasGpus = registered.gpuIds.length > 0;
  return {
    containerInstanceArn: containerInstanceArn(partition, instance.clusterName, instance.containerInstanceId),
    ec2InstanceId: instance.attributes.find(({ name }) => name === EC2_INSTANCE_ID_ATTRIBUTE)?.value,
    capacityProviderName: instance.capacityProviderName,
    version: instance.version,
    versionInfo: {
      agentVersion: instance.agentVersion,
      agentHash: instance.agentHash,
      dockerVersion: instance.dockerVersion,
    },
    registeredResources: resources({ ...registered, ports: registered.reservedPorts }, hasGpus),
    remainingResources: resources(
      { cpu: remaining.cpu, memoryMiB: remaining.memoryMiB, ports: remaining.usedPorts, gpuIds: remaining.freeGpuIds },
      hasGpus,
    ),
    status: instance.status,
    statusReason: instance.statusReason,
    agentConnected: instance.agentConnected,
    runningTasksCount: instance.runningTasksCount,
    pendingTasksCount: instance.pendingTasksCount,
    agentUpdateStatus: instance.agentUpdateStatus,
    attributes: instance.attributes.map(({ name, value }) => ({ name, value })),
    registeredAt: new Date(instance.registeredAt),
    attachments: [],
    tags: options.includeTags ? [...instance.tags] : [],
    healthStatus: options.includeHealth === true ? presentHealth(instance) : undefined,
  };
}

/** What Longshore watches of an instance is whether its agent answers. */
function presentHealth(instance: ContainerInstance): ContainerInstanceHealthStatus {
  const status = instance.agentConnected ? 'OK' : 'IMPAIRED';
  return { overallStatus: status, details: [{ type: 'AGENT_CONNECTIVITY', status }] };
}

interface ResourceAmounts {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Ports in use, as `22/tcp`: ECS lists the used ports, also under remainingResources. */
  readonly ports: readonly string[];
  readonly gpuIds: readonly string[];
}

/** ECS fills the numeric members that a resource does not use with zeros. */
const ZEROS = { doubleValue: 0, longValue: 0, integerValue: 0 };
const integer = (name: string, value: number): Resource => ({ name, type: 'INTEGER', ...ZEROS, integerValue: value });
const stringSet = (name: string, values: readonly string[]): Resource => ({
  name,
  type: 'STRINGSET',
  ...ZEROS,
  stringSetValue: [...values],
});

function resources(amounts: ResourceAmounts, hasGpus: boolean): Resource[] {
  return [
    integer('CPU', amounts.cpu),
    integer('MEMORY', amounts.memoryMiB),
    stringSet('PORTS', portsOf(amounts.ports, 'tcp')),
    stringSet('PORTS_UDP', portsOf(amounts.ports, 'udp')),
    ...(hasGpus ? [stringSet('GPU', amounts.gpuIds)] : []),
  ];
}

function portsOf(ports: readonly string[], protocol: 'tcp' | 'udp'): string[] {
  const suffix = `/${protocol}`;
  return ports.filter((port) => port.endsWith(suffix)).map((port) => port.slice(0, -suffix.length));
}
