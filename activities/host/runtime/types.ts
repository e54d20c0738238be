/**
 * What the agent needs from a container engine, as a small interface of our own. Only `docker-runtime.ts` knows Docker.
 * Every call is idempotent where possible: "already there", "already stopped" and "gone" count as success.
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { HealthStatus } from '../../../model/status.ts';
import type { LogDriverMode, NetworkBinding } from '../../../model/task.ts';
import type { ContainerSecrets } from '../../../model/task-calls.ts';
import type { EpochMs } from '../../../model/time.ts';

/**
 * Where a container gets its network from. `shared`: another container's network; `network`: its own address on a named
 * one.
 */
export type ContainerNetwork =
  | { readonly mode: 'bridge' | 'host' | 'none' }
  | { readonly mode: 'shared'; readonly containerId: string }
  | { readonly mode: 'network'; readonly network: string };

/** Container ports from `first` to `last`, published on host ports from `hostFirst` on. */
export interface PublishedPorts {
  readonly first: number;
  readonly last: number;
  readonly hostFirst: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface ContainerMount {
  /** An absolute host path, or the name of a volume. */
  readonly source: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** What the operator bounds for every container. */
export interface ContainerLimits {
  /** Processes and threads. */
  readonly pids?: number;
  readonly openFiles?: number;
  /** A container's log on the host, with all of its files. */
  readonly logMiB?: number;
  /** The engine's driver for containers that name none. */
  readonly engineLogDriver?: string;
}

/** A container to create: a container definition with its overrides, and what the task adds. */
export interface ContainerSpec {
  /** Unique on the engine; always the same for the same task and container. */
  readonly name: string;
  readonly container: ContainerDefinition;
  readonly labels: Readonly<Record<string, string>>;
  /** Variables in addition to the definition's own, which win. */
  readonly environment: Readonly<Record<string, string>>;
  /** Values that the definition only names. They go to this container, and nowhere else. */
  readonly secrets?: ContainerSecrets;
  readonly network: ContainerNetwork;
  readonly mounts: readonly ContainerMount[];
  readonly volumesFrom: readonly { readonly containerId: string; readonly readOnly: boolean }[];
  readonly links: readonly { readonly containerId: string; readonly alias: string }[];
  /**
   * The task's own limits, which cap each container; `cgroupParent` caps them together. CPU in units of 1/1024 core.
   */
  readonly taskCpu?: number;
  readonly taskMemoryMiB?: number;
  /** The task's cgroup, which has its limits. */
  readonly cgroupParent?: string;
  readonly gpuIds?: readonly string[];
  /** Unless the log configuration sets a mode. Absent: non-blocking. */
  readonly logDriverMode?: LogDriverMode;
  /** Ranges of container ports, and where on the host they are published. */
  readonly portRanges?: readonly PublishedPorts[];
  /** The operator's bounds. */
  readonly limits?: ContainerLimits;
  /** The engine's runtime, by name. Absent: the engine's default. */
  readonly runtime?: string;
  /** What the container may write to its own file system, in GiB. */
  readonly storageGiB?: number;
  /** `host`, `none`, or the container whose namespace is shared. */
  readonly pidMode?: string;
  readonly ipcMode?: string;
  /** Replaces the image's stop signal. */
  readonly stopSignal?: string;
}

/** A container as the engine shows it. Exit code and times are those of its latest run. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'created' | 'running' | 'exited';
  readonly startedAt?: EpochMs;
  readonly finishedAt?: EpochMs;
  readonly exitCode?: number;
  readonly oomKilled: boolean;
  /** What the engine says of a container that it could not start. */
  readonly error?: string;
  readonly health?: HealthStatus;
  readonly networkBindings: readonly NetworkBinding[];
  /** Its own address, if it has one: not with host or shared networks. */
  readonly address?: { readonly ipv4: string; readonly mac: string; readonly ipv6?: string };
}

/** A change that the engine reports once. Events of about the same time may come in any order. */
export interface RuntimeEvent {
  readonly kind: 'started' | 'died' | 'removed' | 'oom' | 'health';
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exitCode?: number;
  readonly health?: HealthStatus;
}

export interface EventListener {
  readonly onEvent: (event: RuntimeEvent) => void;
  /** The engine no longer answers. */
  readonly onLost: () => void;
  /** The stream was interrupted and runs again. Events in between may be missing, so list again. */
  readonly onResume: () => void;
}

export interface ImageReady {
  /** `sha256:…` of the manifest if the image came from a registry. */
  readonly digest?: string;
}

export interface VolumeSpec {
  readonly name: string;
  readonly driver?: string;
  readonly driverOpts?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A volume as the engine has it. */
export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly driverOpts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerRuntime {
  /** Pulls the image, with `auth` if the registry asks for it, or takes a cached one. Rejects with RuntimeError CannotPullContainerError if neither works. */
  ensureImage(image: string, auth?: ContainerSecrets['registryAuth']): Promise<ImageReady>;
  /**
   * Creates the container, or finds the one of the same name, and returns its id. Rejects with
   * CannotCreateContainerError.
   */
  create(spec: ContainerSpec): Promise<string>;
  /**
   * Starts the container only once: if the engine's answer is lost, a container that has run since `ranSince` is not
   * started again. Rejects with CannotStartContainerError.
   */
  start(containerId: string, ranSince?: EpochMs): Promise<void>;
  /** Sends the stop signal, and SIGKILL after the time. Rejects with CannotStopContainerError. */
  stop(containerId: string, timeoutSeconds: number): Promise<void>;
  /** Ends and removes the container with its anonymous volumes. */
  remove(containerId: string): Promise<void>;
  /** Undefined if the container does not exist. */
  inspect(containerId: string): Promise<ObservedContainer | undefined>;
  /** Ids of containers, running or not, that have all of the labels. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** The host ports that containers have now, such as `8080/tcp`, whoever runs them. */
  publishedPorts(): Promise<ReadonlySet<string>>;
  /** Creates the volume if it is missing. Rejects with CannotCreateVolumeError. */
  ensureVolume(volume: VolumeSpec): Promise<void>;
  /** Undefined if the engine has no such volume. */
  inspectVolume(name: string): Promise<ObservedVolume | undefined>;
  removeVolume(name: string): Promise<void>;
  /** Creates the network and the image that awsvpc tasks need, and returns their names. Done only once. */
  ensureTaskNetwork(): Promise<{ readonly network: string; readonly pauseImage: string }>;
  /** Subscribes to events until `close`. An interrupted stream continues where it ended. */
  listen(labels: Readonly<Record<string, string>>, listener: EventListener): Promise<{ close(): void }>;
}

/** Names of errors as an ECS agent reports them. */
export type RuntimeErrorName =
  | 'CannotPullContainerError'
  | 'CannotCreateContainerError'
  | 'CannotStartContainerError'
  | 'CannotStopContainerError'
  | 'CannotInspectContainerError'
  | 'CannotCreateVolumeError'
  | 'ContainerRuntimeError'
  | 'ResourceInitializationError'
  | 'TaskDependencyError'
  | 'DockerTimeoutError';

/** A failure in ECS's words, which users see as `<name>: <message>`. */
export class RuntimeError extends Error {
  override readonly name: RuntimeErrorName;

  constructor(name: RuntimeErrorName, message: string) {
    super(message);
    this.name = name;
  }
}
