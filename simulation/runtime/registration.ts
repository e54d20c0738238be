/** What a simulated instance registers with: the same as the agent of such a machine would. */
import type { AgentBuild } from '../../model/agent-update.ts';
import { attributesOf } from '../../agent/attributes.ts';
import { DEFAULT_RESERVED_PORTS } from '../../model/capacity.ts';
import type { Attribute, InstanceRegistration } from '../../model/container-instance.ts';

/** The agent of simulated instances. */
export const SIMULATED_BUILD: AgentBuild = { version: '0.1.0', hash: 'simulated' };

export interface SimulatedInstanceShape {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  /** In units of 1/1024 core. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus?: number;
  readonly availabilityZone?: string;
  /** Whether the instance offers its capacity to FARGATE tasks. */
  readonly fargate?: boolean;
  readonly attributes?: readonly Attribute[];
}

const API_VERSION = '1.44';

export function simulatedRegistration(shape: SimulatedInstanceShape): Omit<InstanceRegistration, 'sessionId'> {
  const { containerInstanceId, clusterName, cpu, memoryMiB } = shape;
  const gpuIds = Array.from({ length: shape.gpus ?? 0 }, (_, i) => `GPU-${i}`);
  const engine = {
    cores: cpu / 1024,
    memoryBytes: memoryMiB * 1024 * 1024,
    architecture: 'x86_64',
    apiVersion: API_VERSION,
    version: 'simulated',
    logDrivers: ['json-file'],
    volumeDrivers: [],
    securityOptions: [],
    runtimes: [],
    gpuIds,
  };
  return {
    containerInstanceId,
    clusterName,
    resources: { cpu, memoryMiB, reservedPorts: DEFAULT_RESERVED_PORTS, gpuIds },
    attributes: attributesOf({
      engine,
      availabilityZone: shape.availabilityZone ?? 'zone-a',
      fargate: shape.fargate ?? false,
      hasTaskEndpoint: true,
      attributes: shape.attributes ?? [],
    }),
    agentVersion: SIMULATED_BUILD.version,
    agentHash: SIMULATED_BUILD.hash,
    dockerVersion: 'DockerVersion: simulated',
    tags: [],
  };
}
