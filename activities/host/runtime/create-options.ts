/** Turns a container of a task into Docker's create options. Pure: the whole mapping of the ECS parameters is here. */
import type { HealthCheck, LinuxParameters, PortMapping } from '@aws-sdk/client-ecs';
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { defined } from '../../../model/defined.ts';
import { withLimits } from './container-limits.ts';
import { labelOf } from './hidden-values.ts';
import type { ContainerMount, ContainerNetwork, ContainerSpec } from './types.ts';

const MIB = 1024 * 1024;
const SECOND_NS = 1_000_000_000;
/** The kernel's range of CPU shares, to which ECS clamps. */
const CPU_SHARES = { min: 2, max: 262_144 };
/** Docker refuses containers with a lower memory limit. */
const MINIMUM_MEMORY_MIB = 6;
const CPU_PERIOD_US = 100_000;
/** The kernel's smallest CFS quota. */
const MINIMUM_CPU_QUOTA_US = 1_000;

/** Docker's create options for a container of a task, within the operator's limits. */
export const toCreateOptions = (spec: ContainerSpec): ContainerCreateOptions & { name: string } =>
  withLimits(optionsOf(spec), spec.limits ?? {});

function optionsOf(spec: ContainerSpec): ContainerCreateOptions & { name: string } {
  const c = spec.container;
  return {
    name: spec.name,
    Image: c.image ?? '',
    Labels: { ...c.dockerLabels, ...spec.labels, ...labelOf(spec.secrets) },
    Env: environmentOf(spec),
    Healthcheck: healthCheckOf(c.healthCheck),
    HostConfig: hostConfigOf(spec),
    ...defined({
      Cmd: nonEmpty(c.command),
      Entrypoint: nonEmpty(c.entryPoint),
      User: c.user,
      WorkingDir: c.workingDirectory,
      StopSignal: spec.stopSignal,
      Hostname: spec.network.mode === 'shared' ? undefined : c.hostname,
      OpenStdin: c.interactive,
      Tty: c.pseudoTerminal,
    }),
    ...(c.disableNetworking === true ? { NetworkDisabled: true } : {}),
    ...(ownsPorts(spec.network) ? exposedPortsOf(portsOf(spec)) : {}),
  };
}

function hostConfigOf(spec: ContainerSpec): HostConfig {
  const c = spec.container;
  return {
    NetworkMode: networkModeOf(spec.network),
    ...resourcesOf(spec),
    ...linuxOf(c.linuxParameters),
    ...(ownsPorts(spec.network) ? { PortBindings: portBindingsOf(portsOf(spec)) } : {}),
    ...defined({
      Binds: nonEmpty(spec.mounts.map(bindOf)),
      VolumesFrom: nonEmpty(spec.volumesFrom.map((v) => `${v.containerId}:${v.readOnly ? 'ro' : 'rw'}`)),
      Links: nonEmpty(spec.links.map((l) => `${l.containerId}:${l.alias}`)),
      ReadonlyRootfs: c.readonlyRootFilesystem,
      Privileged: c.privileged,
      SecurityOpt: nonEmpty(c.dockerSecurityOptions),
    }),
    ...namesOf(spec),
    ...defined({
      LogConfig: logConfigOf(spec),
      Sysctls: sysctlsOf(spec),
      StorageOpt: spec.storageGiB === undefined ? undefined : { size: `${spec.storageGiB}g` },
      CgroupParent: spec.cgroupParent,
      Runtime: spec.runtime,
      PidMode: spec.pidMode,
      IpcMode: spec.ipcMode,
    }),
  };
}

/**
 * CPU and memory: the container's own, and the task's hard limits as a cap on each of its containers. The cap is there
 * even with a cgroup for the task, because programs that size themselves look at the limits of their own container.
 */
function resourcesOf({ container: c, taskCpu, taskMemoryMiB, gpuIds }: ContainerSpec): HostConfig {
  const memory = Math.min(c.memory ?? Infinity, taskMemoryMiB ?? Infinity);
  return {
    CpuShares: Math.min(Math.max(c.cpu ?? 0, CPU_SHARES.min), CPU_SHARES.max),
    ...(Number.isFinite(memory) ? { Memory: Math.max(memory, MINIMUM_MEMORY_MIB) * MIB } : {}),
    ...(c.memoryReservation ? { MemoryReservation: c.memoryReservation * MIB } : {}),
    ...(taskCpu === undefined
      ? {}
      : {
          CpuPeriod: CPU_PERIOD_US,
          CpuQuota: Math.max(Math.round((taskCpu * CPU_PERIOD_US) / 1024), MINIMUM_CPU_QUOTA_US),
        }),
    ...(c.ulimits?.length
      ? {
          Ulimits: c.ulimits.map((u) => ({ Name: u.name ?? '', Soft: u.softLimit ?? 0, Hard: u.hardLimit ?? 0 })),
        }
      : {}),
    ...(gpuIds?.length ? { DeviceRequests: [{ DeviceIDs: [...gpuIds], Capabilities: [['gpu']] }] } : {}),
    ...swapOf(c.linuxParameters, memory),
  };
}

/**
 * maxSwap counts only swap, Docker's MemorySwap counts memory and swap together; swappiness means nothing without
 * maxSwap.
 */
function swapOf(linux: LinuxParameters | undefined, memoryMiB: number): HostConfig {
  if (linux?.maxSwap === undefined) return {};
  // Registration refuses this, because the engine would ignore it.
  if (!Number.isFinite(memoryMiB)) throw new Error('maxSwap needs a hard memory limit of the container or of its task');
  return {
    MemorySwap: (Math.max(memoryMiB, MINIMUM_MEMORY_MIB) + linux.maxSwap) * MIB,
    ...defined({ MemorySwappiness: linux.swappiness }),
  };
}

function linuxOf(linux: LinuxParameters | undefined): HostConfig {
  if (linux === undefined) return {};
  return {
    ...defined({
      Init: linux.initProcessEnabled,
      ShmSize: linux.sharedMemorySize === undefined ? undefined : linux.sharedMemorySize * MIB,
      CapAdd: nonEmpty(linux.capabilities?.add),
      CapDrop: nonEmpty(linux.capabilities?.drop),
    }),
    ...(linux.devices?.length
      ? {
          Devices: linux.devices.map((d) => ({
            PathOnHost: d.hostPath ?? '',
            PathInContainer: d.containerPath ?? d.hostPath ?? '',
            CgroupPermissions: (d.permissions ?? ['read', 'write', 'mknod']).map((p) => p.charAt(0)).join(''),
          })),
        }
      : {}),
    ...(linux.tmpfs?.length
      ? {
          Tmpfs: Object.fromEntries(
            linux.tmpfs.map((t) => [
              t.containerPath ?? '',
              [...(t.mountOptions ?? []), `size=${String(t.size)}m`].join(','),
            ]),
          ),
        }
      : {}),
  };
}

/**
 * Names in the network belong to the container that owns the namespace, so containers that share one have none of their
 * own.
 */
function namesOf({ container: c, network }: ContainerSpec): HostConfig {
  if (network.mode === 'shared') return {};
  return {
    ...defined({
      Dns: nonEmpty(c.dnsServers),
      DnsSearch: nonEmpty(c.dnsSearchDomains),
      ExtraHosts: nonEmpty((c.extraHosts ?? []).map((h) => `${h.hostname ?? ''}:${h.ipAddress ?? ''}`)),
    }),
  };
}

/** Without a check in the definition, the image's own must not run: ECS neither monitors nor reports it. */
function healthCheckOf(check: HealthCheck | undefined): NonNullable<ContainerCreateOptions['Healthcheck']> {
  if (!check?.command?.length) return { Test: ['NONE'] };
  return {
    Test: check.command,
    Interval: (check.interval ?? 30) * SECOND_NS,
    Timeout: (check.timeout ?? 5) * SECOND_NS,
    Retries: check.retries ?? 3,
    ...defined({ StartPeriod: check.startPeriod === undefined ? undefined : check.startPeriod * SECOND_NS }),
  };
}

/** As in ECS, what the definition says goes before files of variables, and a secret before both. */
function environmentOf({ container, environment, secrets }: ContainerSpec): string[] {
  const own = (container.environment ?? []).map((e) => [e.name ?? '', e.value ?? ''] as const);
  const all = {
    ...{ ...environment, ...secrets?.fileEnvironment, ...Object.fromEntries(own), ...secrets?.environment },
  };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

function networkModeOf(network: ContainerNetwork): string {
  switch (network.mode) {
    case 'shared':
      return `container:${network.containerId}`;
    case 'network':
      return network.network;
    case 'bridge':
    case 'host':
    case 'none':
      return network.mode;
  }
}

/**
 * Ports are published only on Docker's bridge: in other modes a container's port is reached at its own or the host's
 * address.
 */
const ownsPorts = (network: ContainerNetwork): boolean => network.mode === 'bridge';
const portKey = (mapping: PortMapping): string =>
  `${String(mapping.containerPort)}/${mapping.protocol === 'udp' ? 'udp' : 'tcp'}`;

/** The mappings of single ports, and each port of the ranges with the host port that was chosen for it. */
const portsOf = ({ container, portRanges = [] }: ContainerSpec): readonly PortMapping[] => [
  ...(container.portMappings ?? []).filter(({ containerPort }) => containerPort !== undefined),
  ...portRanges.flatMap(({ first, last, hostFirst, protocol }) =>
    Array.from({ length: last - first + 1 }, (_, i) => ({
      containerPort: first + i,
      hostPort: hostFirst + i,
      protocol,
    })),
  ),
];

function exposedPortsOf(mappings: readonly PortMapping[]): { ExposedPorts?: Record<string, object> } {
  return mappings.length > 0 ? { ExposedPorts: Object.fromEntries(mappings.map((m) => [portKey(m), {}])) } : {};
}

/** One container port may be mapped to several host ports. An empty HostPort lets Docker choose. */
function portBindingsOf(mappings: readonly PortMapping[]): Record<string, { HostPort: string }[]> {
  const bindings: Record<string, { HostPort: string }[]> = {};
  for (const mapping of mappings)
    (bindings[portKey(mapping)] ??= []).push({ HostPort: mapping.hostPort ? String(mapping.hostPort) : '' });
  return bindings;
}

/**
 * ECS's default mode, in which a log that cannot be written does not block a container. The engine knows both options
 * for every driver.
 */
const NON_BLOCKING = { mode: 'non-blocking', 'max-buffer-size': '10m' } as const;

/** With this mode the engine refuses the option. */
const [BLOCKING, BUFFER_SIZE] = ['blocking', 'max-buffer-size'];

function logConfigOf({
  container: { logConfiguration: log },
  logDriverMode,
  secrets,
}: ContainerSpec): HostConfig['LogConfig'] {
  if (log?.logDriver === undefined) return undefined;
  const { options: given = {}, logDriver } = log;
  const options = logDriver === 'awslogs' ? ofAnyDriver(given) : given;
  const mode = options['mode'] ?? logDriverMode ?? NON_BLOCKING.mode;
  const defaults = mode === NON_BLOCKING.mode ? NON_BLOCKING : { mode };
  const config: Record<string, string> = { ...defaults, ...options, ...secrets?.logOptions };
  return {
    Type: logDriver === 'awslogs' ? STAND_IN_FOR_AWSLOGS : logDriver,
    Config: Object.fromEntries(Object.entries(config).filter(([name]) => mode !== BLOCKING || name !== BUFFER_SIZE)),
  };
}

/** CloudWatch Logs is not built. This driver keeps the lines on the host, in bounded files, where `docker logs` shows them. */
const STAND_IN_FOR_AWSLOGS = 'local';

/** Without the options of awslogs itself. */
const ofAnyDriver = (options: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !name.startsWith('awslogs-')));

/** Kernel settings of the network belong to the namespace's owner, which is the pause container if there is one. */
function sysctlsOf({ container, network }: ContainerSpec): Record<string, string> | undefined {
  const controls = (container.systemControls ?? []).filter(
    (s) => network.mode !== 'shared' || s.namespace?.startsWith('net.') !== true,
  );
  return controls.length === 0
    ? undefined
    : Object.fromEntries(controls.map((s) => [s.namespace ?? '', s.value ?? '']));
}

const bindOf = (mount: ContainerMount): string =>
  `${mount.source}:${mount.containerPath}${mount.readOnly ? ':ro' : ''}`;

const nonEmpty = <T>(list: readonly T[] | undefined): T[] | undefined => (list?.length ? [...list] : undefined);
