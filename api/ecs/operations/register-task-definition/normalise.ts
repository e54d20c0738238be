/**
 * Normalises a definition as ECS does: with defaults, and sizes as plain integers. Clients compare it with what they
 * sent.
 */
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

/** The normalised members that the definition keeps. Tags are stored separately. */
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

/** A volume without a type is a host volume whose place the host chooses. */
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
    ...(container.logConfiguration === undefined
      ? {}
      : {
          logConfiguration: {
            ...container.logConfiguration,
            secretOptions: container.logConfiguration.secretOptions ?? [],
          },
        }),
    ...(container.healthCheck === undefined ? {} : { healthCheck: normaliseHealthCheck(container.healthCheck) }),
  };
}

/**
 * In bridge mode, hostPort 0 stands for a port that the host chooses. In other modes the host port equals the container
 * port.
 */
function normalisePort(mapping: PortMapping, networkMode: string | undefined): PortMapping {
  const hostPort = networkMode === 'awsvpc' || networkMode === 'host' ? mapping.containerPort : (mapping.hostPort ?? 0);
  return {
    ...mapping,
    ...(mapping.containerPortRange === undefined && hostPort !== undefined ? { hostPort } : {}),
    protocol: mapping.protocol ?? 'tcp',
  };
}

const normaliseHealthCheck = (check: HealthCheck): HealthCheck => ({ ...HEALTH_CHECK_DEFAULTS, ...check });
