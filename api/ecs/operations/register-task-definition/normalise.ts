/** A registered definition as ECS answers it: defaults filled in, sizes as plain integers. Clients compare with it. */
import type {
  ContainerDefinition,
  HealthCheck,
  PortMapping,
  RegisterTaskDefinitionRequest,
  Volume,
} from '@aws-sdk/client-ecs';
import { parseCpuUnits, parseMemoryMiB } from '../../../../model/task-requirements.ts';
import { containersOf } from '../../rules/task-definition/definition.ts';

const HEALTH_CHECK_DEFAULTS = { interval: 30, timeout: 5, retries: 3 } as const;

/** The members of the request that the definition keeps, normalised. Tags are kept beside it. */
export function normaliseDefinition(
  request: RegisterTaskDefinitionRequest,
): Omit<RegisterTaskDefinitionRequest, 'tags'> {
  const { tags: _tags, cpu, memory, ...rest } = request;
  return {
    ...rest,
    ...(cpu === undefined ? {} : { cpu: String(parseCpuUnits(cpu) ?? cpu) }),
    ...(memory === undefined ? {} : { memory: String(parseMemoryMiB(memory) ?? memory) }),
    containerDefinitions: containersOf(request).map((container) => normaliseContainer(container, request.networkMode)),
    volumes: (request.volumes ?? []).map(normaliseVolume),
    placementConstraints: request.placementConstraints ?? [],
  };
}

/** A volume of no other kind is the host's, at a place that the host chooses. */
function normaliseVolume(volume: Volume): Volume {
  const { name: _name, ...kinds } = volume;
  return Object.values(kinds).some((kind) => kind !== undefined && kind !== false) ? volume : { ...volume, host: {} };
}

function normaliseContainer(container: ContainerDefinition, networkMode: string | undefined): ContainerDefinition {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    portMappings: (container.portMappings ?? []).map((mapping) => normalisePort(mapping, networkMode)),
    ...(container.healthCheck === undefined ? {} : { healthCheck: normaliseHealthCheck(container.healthCheck) }),
  };
}

/** In bridge mode 0 is shown for a port that the host chooses; elsewhere the host's port is the container's. */
function normalisePort(mapping: PortMapping, networkMode: string | undefined): PortMapping {
  const hostPort = networkMode === 'awsvpc' || networkMode === 'host' ? mapping.containerPort : (mapping.hostPort ?? 0);
  return {
    ...mapping,
    ...(mapping.containerPortRange === undefined && hostPort !== undefined ? { hostPort } : {}),
    protocol: mapping.protocol ?? 'tcp',
  };
}

const normaliseHealthCheck = (check: HealthCheck): HealthCheck => ({ ...HEALTH_CHECK_DEFAULTS, ...check });
