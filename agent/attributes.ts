/** What an instance reports about its host: its resources, and the attributes that placement matches against. Pure. */
import { AGENT_UPDATE_ATTRIBUTE } from '../model/agent-update.ts';
import {
  AVAILABILITY_ZONE_ATTRIBUTE,
  CAPACITY_PROVIDER_ATTRIBUTE,
  FARGATE_ATTRIBUTE,
  FARGATE_SPOT_ATTRIBUTE,
} from '../model/container-instance.ts';
import type { Attribute, InstanceResources } from '../model/container-instance.ts';

const MIB = 1024 * 1024;
/** Reserved for the engine, the agent and the system: tasks never get it. */
const RESERVED_MEMORY_MIB = 256;
/** An ECS agent reserves these ports for SSH, the Docker engine and itself. */
const RESERVED_PORTS: readonly string[] = ['22/tcp', '2375/tcp', '2376/tcp', '51678/tcp', '51679/tcp'];
/** The oldest version of the engine's API for which ECS has a capability. */
const FIRST_API_MINOR = 17;
/** Docker's log drivers that ECS has a name for and that the agent passes on. */
const LOG_DRIVERS: readonly string[] = ['json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'splunk'];
/** What this agent can do with any engine. */
const AGENT_CAPABILITIES: readonly string[] = [
  'ecs.capability.container-health-check',
  'ecs.capability.container-port-range',
  'ecs.capability.container-ordering',
  'ecs.capability.container-restart-policy',
  'ecs.capability.task-cpu-mem-limit',
  'ecs.capability.pid-ipc-namespace-sharing',
  'com.amazonaws.ecs.capability.privileged-container',
  // The agent pulls images of ECR like any others: with the credentials of the host's engine.
  'com.amazonaws.ecs.capability.ecr-auth',
  'ecs.capability.execution-role-ecr-pull',
  // The control plane reads them for the agent.
  'ecs.capability.secrets.asm.environment-variables',
  'ecs.capability.secrets.asm.bootstrap.log-driver',
  'ecs.capability.secrets.ssm.environment-variables',
  'ecs.capability.secrets.ssm.bootstrap.log-driver',
  'ecs.capability.private-registry-authentication.secretsmanager',
  'ecs.capability.env-files.s3',
];
const CAPABILITY = 'com.amazonaws.ecs.capability.';
/** What it can do where containers reach it. */
const ENDPOINT_CAPABILITIES: readonly string[] = ['task-iam-role', 'task-iam-role-network-host'];

/** What the engine reports about itself and its machine. */
export interface EngineFacts {
  readonly cores: number;
  readonly memoryBytes: number;
  /** In Docker's terms: x86_64, aarch64. */
  readonly architecture: string;
  /** The newest API version, e.g. 1.41. */
  readonly apiVersion: string;
  readonly version: string;
  readonly logDrivers: readonly string[];
  readonly volumeDrivers: readonly string[];
  readonly securityOptions: readonly string[];
  readonly gpuIds: readonly string[];
  /** Names of the runtimes that containers may run under. */
  readonly runtimes: readonly string[];
  /** The log driver of containers that name none. */
  readonly logDriver?: string;
  /** Where the engine keeps its files. */
  readonly folder?: string;
}

/** The instance's resources in total. `endpointPort`: where the agent listens for its containers. */
export function resourcesOf(facts: EngineFacts, endpointPort?: number): InstanceResources {
  const ownPorts = endpointPort === undefined ? [] : [`${endpointPort}/tcp`];
  return {
    cpu: facts.cores * 1024,
    memoryMiB: Math.max(Math.floor(facts.memoryBytes / MIB) - RESERVED_MEMORY_MIB, 0),
    reservedPorts: [...new Set([...RESERVED_PORTS, ...ownPorts])],
    gpuIds: facts.gpuIds,
  };
}

export interface InstanceFacts {
  readonly engine: EngineFacts;
  readonly availabilityZone: string;
  /** The instance takes tasks of launch type FARGATE, including those of the capacity provider FARGATE_SPOT. */
  readonly fargate: boolean;
  /** The runtime of FARGATE tasks. Absent: the engine's default. */
  readonly fargateRuntime?: string;
  /** The agent can be replaced by another version of itself. */
  readonly isUpdatable?: boolean;
  /** Containers reach the agent's task endpoint. */
  readonly hasTaskEndpoint?: boolean;
  /** The capacity provider of the operator to whose group the instance belongs. */
  readonly capacityProvider?: string;
  /** The attributes that the operator set. */
  readonly attributes: readonly Attribute[];
}

/** All attributes of the instance. An attribute of the operator replaces the agent's of the same name. */
export function attributesOf(facts: InstanceFacts): Attribute[] {
  const { engine, availabilityZone, isUpdatable = false, capacityProvider, attributes } = facts;
  const { hasTaskEndpoint = false } = facts;
  const own: Attribute[] = [
    { name: AVAILABILITY_ZONE_ATTRIBUTE, value: availabilityZone },
    { name: 'ecs.os-type', value: 'linux' },
    { name: 'ecs.os-family', value: 'LINUX' },
    { name: 'ecs.cpu-architecture', value: engine.architecture === 'aarch64' ? 'arm64' : engine.architecture },
    ...capabilitiesOf(engine).map((name) => ({ name })),
    ...(hasTaskEndpoint ? ENDPOINT_CAPABILITIES.map((name) => ({ name: CAPABILITY + name })) : []),
    ...(offersFargate(facts) ? [{ name: FARGATE_ATTRIBUTE }, { name: FARGATE_SPOT_ATTRIBUTE }] : []),
    ...(isUpdatable ? [{ name: AGENT_UPDATE_ATTRIBUTE }] : []),
    ...(capacityProvider === undefined ? [] : [{ name: CAPACITY_PROVIDER_ATTRIBUTE, value: capacityProvider }]),
  ];
  return [...own.filter((a) => !attributes.some((b) => b.name === a.name)), ...attributes];
}

/** Without the runtime that FARGATE tasks must have, the instance takes none of them. */
export const offersFargate = ({
  engine,
  fargate,
  fargateRuntime,
}: Pick<InstanceFacts, 'fargate' | 'fargateRuntime'> & { readonly engine: Pick<EngineFacts, 'runtimes'> }): boolean =>
  fargate && (fargateRuntime === undefined || engine.runtimes.includes(fargateRuntime));

function capabilitiesOf(engine: EngineFacts): string[] {
  const newest = Number(engine.apiVersion.split('.')[1] ?? 0);
  const apis = Array.from({ length: Math.max(newest - FIRST_API_MINOR + 1, 0) }, (_, i) => FIRST_API_MINOR + i);
  const holdsNetworks = ['x86_64', 'aarch64'].includes(engine.architecture);
  return [
    ...apis.map((minor) => `${CAPABILITY}docker-remote-api.1.${minor}`),
    ...LOG_DRIVERS.filter((d) => engine.logDrivers.includes(d)).map((d) => `${CAPABILITY}logging-driver.${d}`),
    `${CAPABILITY}logging-driver.none`,
    // Its lines go to the engine's driver `local`.
    ...(engine.logDrivers.includes('local')
      ? [`${CAPABILITY}logging-driver.awslogs`, 'ecs.capability.execution-role-awslogs']
      : []),
    ...['selinux', 'apparmor']
      .filter((s) => engine.securityOptions.some((o) => o.includes(s)))
      .map((s) => CAPABILITY + s),
    ...AGENT_CAPABILITIES,
    ...engine.volumeDrivers.map((driver) => `ecs.capability.docker-plugin.${driver}`),
    ...(holdsNetworks ? ['ecs.capability.task-eni'] : []),
  ];
}
