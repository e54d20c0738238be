/** What a task definition may do to its host: the operator's to allow, for each cluster. Pure. */
import type {
  ContainerDefinition,
  DockerVolumeConfiguration,
  TaskDefinition as SdkTaskDefinition,
  Volume,
} from '@aws-sdk/client-ecs';
import { DEFAULT_CAPABILITIES } from './capabilities.ts';

export const HOST_NAMESPACES = ['network', 'pid', 'ipc'] as const;
export type HostNamespace = (typeof HOST_NAMESPACES)[number];

/** What tasks of a cluster may do. What is absent they may not. */
export interface TaskAllowance {
  readonly privileged?: boolean;
  readonly hostNamespaces?: readonly HostNamespace[];
  /** Beyond those that Docker gives every container; `ALL` for all. */
  readonly capabilities?: readonly string[];
  /** Absolute paths of the host, each with all that is below it. */
  readonly hostPaths?: readonly string[];
  /** Host paths may lead to the engine's socket and to its files, if `hostPaths` has them. */
  readonly engineSocket?: boolean;
  /** Paths of the host's devices; one that ends in `/` stands for all devices below it. */
  readonly devices?: readonly string[];
  /** Security options other than `no-new-privileges`. */
  readonly securityOptions?: boolean;
  /** Labels that begin as those of ECS's agent and of Longshore do. */
  readonly reservedLabels?: boolean;
  /** Shared volumes of the engine that Longshore did not make, or not under its rules. */
  readonly volumes?: readonly string[];
  /** Bounds of each container. */
  readonly limits?: TaskLimits;
}

/** `logMiB`: a container's log on the host, if its driver keeps one there. */
export interface TaskLimits {
  readonly pids?: number;
  readonly openFiles?: number;
  readonly logMiB?: number;
}

/** `all`: nothing is guarded. */
export type Allowed = TaskAllowance | 'all';

export interface TaskGuards {
  /** For clusters that are not named. */
  readonly default: Allowed;
  readonly clusters: Readonly<Record<string, Allowed>>;
}

/** The setting that holds the guards: what refusals name. */
export const TASK_GUARDS_SETTING = 'LONGSHORE_TASK_GUARDS';

/** Guards that let tasks do anything. */
export const UNGUARDED: TaskGuards = { default: 'all', clusters: {} };

/** What tasks of the cluster may do. */
export const allowedIn = ({ default: others, clusters }: TaskGuards, clusterName: string): Allowed =>
  Object.hasOwn(clusters, clusterName) ? (clusters[clusterName] ?? others) : others;

/** So that a container that runs wild takes its host with it neither by processes nor by its log. */
const DEFAULT_LIMITS: TaskLimits = { pids: 4096, logMiB: 64 };

/** The bounds of each container of a task; empty where nothing is guarded. */
export const limitsOf = (allowed: Allowed): TaskLimits =>
  allowed === 'all' ? {} : { ...DEFAULT_LIMITS, ...allowed.limits };

type Definition = Pick<SdkTaskDefinition, 'containerDefinitions' | 'volumes' | 'networkMode' | 'pidMode' | 'ipcMode'>;

const RESERVED_LABELS = ['com.amazonaws.ecs.', 'longshore.'];

/** Where engines keep their sockets and their files. Whoever reaches these is root on the host. */
const ENGINE_PLACES: readonly string[] = [
  ...['/var/run/docker.sock', '/run/docker.sock', '/run/docker', '/var/run/docker', '/var/lib/docker'],
  ...['/run/containerd', '/var/run/containerd', '/var/lib/containerd', '/run/podman', '/var/run/podman'],
  ...['/var/lib/containers', '/run/containers', '/var/run/containers', '/run/user', '/var/run/user'],
];

/**
 * The parts of a definition that a task may not have, as paths that a reader finds in its JSON, such as
 * `containerDefinitions[web].privileged`.
 */
export function forbiddenParts(definition: Definition, allowed: Allowed): readonly string[] {
  if (allowed === 'all') return [];
  return [
    ...hostNamespaces(definition)
      .filter(([, namespace]) => !(allowed.hostNamespaces ?? []).includes(namespace))
      .map(([part]) => part),
    ...(definition.volumes ?? []).flatMap((volume) => forbiddenPath(volume, allowed)),
    ...(definition.containerDefinitions ?? []).flatMap((container) =>
      forbiddenOf(container, allowed).map((part) => `containerDefinitions[${container.name ?? ''}].${part}`),
    ),
  ];
}

function hostNamespaces({ networkMode, pidMode, ipcMode }: Definition): readonly (readonly [string, HostNamespace])[] {
  return [
    ...(networkMode === 'host' ? [['networkMode=host', 'network'] as const] : []),
    ...(pidMode === 'host' ? [['pidMode=host', 'pid'] as const] : []),
    ...(ipcMode === 'host' ? [['ipcMode=host', 'ipc'] as const] : []),
  ];
}

/** The host's path that a volume leads to; undefined for a volume that the engine keeps. */
export const hostPathOf = ({ host, dockerVolumeConfiguration: docker }: Volume): string | undefined =>
  host?.sourcePath ?? (docker === undefined ? undefined : mountedPathOf(docker));

/** File systems that have nothing of the host. */
const OTHER_FILE_SYSTEMS: ReadonlySet<string> = new Set(['tmpfs', 'nfs', 'nfs4', 'cifs', 'smb3']);

/**
 * The engine's own driver mounts whatever its options say. A bind mount leads to its device, whatever its type is called; any other
 * file system, such as an overlay of folders or a disk, may lead anywhere.
 */
function mountedPathOf({ driver, driverOpts = {} }: DockerVolumeConfiguration): string | undefined {
  const { type, o: options = '', device = '' } = driverOpts;
  // The engine takes an empty name for its own driver.
  if ((driver || 'local') !== 'local' || (type === undefined && device === '' && options === '')) return undefined;
  const flags = options.split(',').map((flag) => flag.trim());
  if (flags.includes('bind') || flags.includes('rbind')) return device.startsWith('/') ? device : '/';
  return OTHER_FILE_SYSTEMS.has(type ?? '') ? undefined : '/';
}

/** Volumes that belong to one task are called so. */
const TASK_VOLUMES = 'ecs-';

function forbiddenPath(volume: Volume, allowed: TaskAllowance): readonly string[] {
  const { name = '', dockerVolumeConfiguration: docker } = volume;
  if (docker?.scope === 'shared' && name.startsWith(TASK_VOLUMES) && !(allowed.volumes ?? []).includes(name))
    return [`volumes[${name}], whose name is of another task's volume`];
  const path = hostPathOf(volume);
  if (path === undefined || (isAllowedPath(path, allowed) && !goesUp(path))) return [];
  const member = volume.host?.sourcePath === undefined ? 'dockerVolumeConfiguration.driverOpts' : 'host.sourcePath';
  return [`volumes[${volume.name ?? ''}].${member}=${path}`];
}

/** After a link, the kernel and the engine disagree on what `..` means. */
const goesUp = (path: string): boolean => path.split('/').includes('..');

/** Whether tasks may mount the host's path. `engine`: further places of the engine on this host. */
export function isAllowedPath(path: string, allowed: Allowed, engine: readonly string[] = []): boolean {
  if (allowed === 'all') return true;
  const wanted = plainPath(path);
  if (!(allowed.hostPaths ?? []).some((each) => isWithin(wanted, plainPath(each)))) return false;
  return allowed.engineSocket === true || !leadsToEngine(wanted, engine);
}

/** A parent folder leads there, too. */
const leadsToEngine = (path: string, places: readonly string[]): boolean =>
  [...ENGINE_PLACES, ...places].some((place) => isWithin(place, path) || isWithin(path, place));

const isWithin = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** Without `.`, `..`, empty parts and a slash at the end. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function forbiddenOf(container: ContainerDefinition, allowed: TaskAllowance): readonly string[] {
  const { privileged, linuxParameters, dockerSecurityOptions = [], dockerLabels = {} } = container;
  const capabilities = allowed.capabilities ?? [];
  const forbiddenCapability = (name: string): boolean =>
    !DEFAULT_CAPABILITIES.has(name) && !capabilities.includes('ALL') && !capabilities.includes(name);
  return [
    ...(privileged === true && allowed.privileged !== true ? ['privileged'] : []),
    ...(linuxParameters?.capabilities?.add ?? [])
      .filter(forbiddenCapability)
      .map((name) => `linuxParameters.capabilities.add=${name}`),
    ...(linuxParameters?.devices ?? [])
      .map(({ hostPath = '' }) => hostPath)
      .filter((path) => !isAllowedDevice(path, allowed) || goesUp(path))
      .map((path) => `linuxParameters.devices=${path}`),
    ...dockerSecurityOptions
      .filter((option) => allowed.securityOptions !== true && !/^no-new-privileges(:true)?$/.test(option))
      .map((option) => `dockerSecurityOptions=${option}`),
    ...Object.keys(dockerLabels)
      .filter((label) => allowed.reservedLabels !== true && RESERVED_LABELS.some((begin) => label.startsWith(begin)))
      .map((label) => `dockerLabels.${label}`),
  ];
}

/** Whether tasks may have the host's device. */
export function isAllowedDevice(path: string, allowed: Allowed): boolean {
  if (allowed === 'all') return true;
  const wanted = plainPath(path);
  return (allowed.devices ?? []).some((each) =>
    each.endsWith('/') ? wanted.startsWith(`${plainPath(each)}/`) : wanted === plainPath(each),
  );
}

/** A sentence that refuses the parts in the cluster, and says who can allow them. */
export const guardRefusal = (parts: readonly string[], clusterName: string): string =>
  `Tasks in cluster ${clusterName} may not have ${parts.join(', ')}. The operator can allow it with ${TASK_GUARDS_SETTING}.`;
