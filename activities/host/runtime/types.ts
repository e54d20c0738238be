/**
 * What the agent needs of a container engine: our own small port. `docker-runtime.ts` is the only adapter that knows
 * Docker. Every call is idempotent where it can be: "already there", "already stopped" and "gone" are successes.
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { HealthStatus } from '../../../model/status.ts';
import type { NetworkBinding } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';

/** Where a container gets its network from. `shared`: that of another container; `network`: an own address on a named one. */
export type ContainerNetwork =
  | { readonly mode: 'bridge' | 'host' | 'none' }
  | { readonly mode: 'shared'; readonly containerId: string }
  | { readonly mode: 'network'; readonly network: string };

export interface ContainerMount {
  /** An absolute host path, or the name of a volume. */
  readonly source: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** A container to create: a container definition with the overrides merged in, and what the task adds to it. */
export interface ContainerSpec {
  /** Unique on the engine; the same task and container always get the same one. */
  readonly name: string;
  readonly container: ContainerDefinition;
  readonly labels: Readonly<Record<string, string>>;
  /** Added to the definition's own environment, which wins. */
  readonly environment: Readonly<Record<string, string>>;
  readonly network: ContainerNetwork;
  readonly mounts: readonly ContainerMount[];
  readonly volumesFrom: readonly { readonly containerId: string; readonly readOnly: boolean }[];
  readonly links: readonly { readonly containerId: string; readonly alias: string }[];
  /** The task's own limits: they cap each container, and together by `cgroupParent`. CPU in units of 1/1024 core. */
  readonly taskCpu?: number;
  readonly taskMemoryMiB?: number;
  /** The task's cgroup, which has its limits. */
  readonly cgroupParent?: string;
  readonly gpuIds?: readonly string[];
  /** `host`, `none`, or the container whose namespace is shared. */
  readonly pidMode?: string;
  readonly ipcMode?: string;
  /** Instead of that of the image. */
  readonly stopSignal?: string;
}

/** A container as the engine holds it. Exit code and times are those of its latest run. */
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
  /** Its own address, when it has one: not with host or shared networks. */
  readonly address?: { readonly ipv4: string; readonly mac: string; readonly ipv6?: string };
}

/** A change that the engine tells of, once. Those of about the same time may come in any order. */
export interface RuntimeEvent {
  readonly kind: 'started' | 'died' | 'removed' | 'oom' | 'health';
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exitCode?: number;
  readonly health?: HealthStatus;
}

export interface EventListener {
  readonly onEvent: (event: RuntimeEvent) => void;
  /** The engine does not answer any more. */
  readonly onLost: () => void;
  /** The stream was interrupted and runs again: what happened in between may be missing, so list anew. */
  readonly onResume: () => void;
}

export interface ImageReady {
  /** `sha256:…` of the manifest when the image came from a registry. */
  readonly digest?: string;
}

export interface VolumeSpec {
  readonly name: string;
  readonly driver?: string;
  readonly driverOpts?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ContainerRuntime {
  /** Pulls the image, or takes what is cached. Throws RuntimeError CannotPullContainerError when neither works. */
  ensureImage(image: string): Promise<ImageReady>;
  /** Creates the container, or finds the one of the same name. Throws CannotCreateContainerError. */
  create(spec: ContainerSpec): Promise<string>;
  /** Once: where the answer is lost, a container that has run since is not started again. Throws CannotStartContainerError. */
  start(containerId: string, ranSince?: EpochMs): Promise<void>;
  /** The image's stop signal, then SIGKILL after the time. Throws CannotStopContainerError. */
  stop(containerId: string, timeoutSeconds: number): Promise<void>;
  /** Ends and removes the container with its anonymous volumes. */
  remove(containerId: string): Promise<void>;
  /** Undefined when there is no such container. */
  inspect(containerId: string): Promise<ObservedContainer | undefined>;
  /** Ids of containers, running or not, that carry all of the labels. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** Creates the volume when it is missing. Throws CannotCreateVolumeError. */
  ensureVolume(volume: VolumeSpec): Promise<void>;
  hasVolume(name: string): Promise<boolean>;
  removeVolume(name: string): Promise<void>;
  /** Makes the network and the image that awsvpc tasks need; answers the image's name. Done once, then remembered. */
  ensureTaskNetwork(): Promise<{ readonly network: string; readonly holderImage: string }>;
  /** Listens from now on until `close`; an interrupted stream is taken up where it ended. */
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

/** A failure in ECS's words: shown to users as `<name>: <message>`. */
export class RuntimeError extends Error {
  override readonly name: RuntimeErrorName;

  constructor(name: RuntimeErrorName, message: string) {
    super(message);
    this.name = name;
  }
}
