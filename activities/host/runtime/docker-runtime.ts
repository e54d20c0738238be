/** Implements ContainerRuntime with a Docker engine; all that runs tasks talks to it through this. */
import type { Agent } from 'node:http';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { toCreateOptions } from './create-options.ts';
import { engineCall, messageOf, patiently, statusOf } from './engine-call.ts';
import { EngineAgent } from './engine-agent.ts';
import { EventStream } from './events.ts';
import { hideLogOptions, hideValues, valuesOf } from './hidden-values.ts';
import { ImageStore, type RegistryAuth } from './images.ts';
import { fromInspect } from './inspect.ts';
import { PAUSE_IMAGE, pauseArchive, pauseProgram } from './pause-image.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import { refusedUlimit, ulimitRefusal } from './ulimit-refusal.ts';
import type { Ulimit } from './ulimit-refusal.ts';
import { RuntimeError } from './types.ts';
import type {
  ContainerRuntime,
  ContainerSpec,
  EventListener,
  ImageReady,
  ObservedContainer,
  ObservedVolume,
  VolumeSpec,
} from './types.ts';

/** Docker's network for awsvpc tasks. It is user-defined, so that it resolves names and gives each task an address. */
const TASK_NETWORK = 'longshore';
const NOT_MODIFIED = 304;
const NOT_FOUND = 404;
const CONFLICT = 409;

/** Makes a client that keeps its connections, because a new one costs more than most calls. */
export function connectDocker(options: Docker.DockerOptions): Docker {
  const plain = options.protocol === undefined || options.protocol === 'http';
  // The client passes its options to Node's http, agent included, but its types do not say so.
  const settings: Docker.DockerOptions & { agent?: Agent } = plain ? { agent: new EngineAgent(), ...options } : options;
  return new Docker(settings);
}

export interface DockerRuntimeOptions {
  readonly onNoStorageLimits?: (reason: string) => void;
}

export class DockerRuntime implements ContainerRuntime {
  readonly #docker: Docker;
  readonly #images: ImageStore;
  /** Whether the engine's storage driver can limit what a container writes, as far as is known. */
  #limitsStorage = true;
  readonly #onNoStorageLimits: (reason: string) => void;
  #taskNetwork: Promise<{ network: string; pauseImage: string }> | undefined;

  /** `onNoStorageLimits` is called once, when the engine has refused to limit a container's own file system. */
  constructor(docker: Docker, { onNoStorageLimits = () => undefined }: DockerRuntimeOptions = {}) {
    this.#docker = docker;
    this.#onNoStorageLimits = onNoStorageLimits;
    this.#images = new ImageStore(docker);
  }

  ensureImage(image: string, auth?: RegistryAuth): Promise<ImageReady> {
    return this.#images.ensure(image, auth);
  }

  async create(spec: ContainerSpec): Promise<string> {
    const { storageGiB, ...unlimited } = spec;
    const limited = this.#limitsStorage ? spec : unlimited;
    try {
      return (await patiently(() => this.#docker.createContainer(toCreateOptions(limited)))).id;
    } catch (error) {
      if (storageGiB !== undefined && this.#limitsStorage && refusesStorageLimits(messageOf(error))) {
        this.#limitsStorage = false;
        this.#onNoStorageLimits(messageOf(error));
        return this.create(unlimited);
      }
      const existing = statusOf(error) === CONFLICT ? await this.inspect(spec.name) : undefined;
      if (existing !== undefined && carries(existing, spec.labels)) return existing.id;
      throw new RuntimeError('CannotCreateContainerError', hideValues(messageOf(error), valuesOf(spec.secrets)));
    }
  }

  async start(containerId: string, ranSince: EpochMs = 0): Promise<void> {
    let isRepeated = false;
    const start = async (): Promise<void> => {
      // The engine went away before it answered, so it may have started a container that has ended by now.
      if (isRepeated && ((await this.inspect(containerId))?.startedAt ?? 0) > ranSince) return;
      isRepeated = true;
      await this.#container(containerId).start();
    };
    try {
      await engineCall('CannotStartContainerError', start, [NOT_MODIFIED]);
    } catch (error) {
      throw await this.#explained(containerId, error);
    }
  }

  async stop(containerId: string, timeoutSeconds: number): Promise<void> {
    await engineCall('CannotStopContainerError', () => this.#container(containerId).stop({ t: timeoutSeconds }), [
      NOT_MODIFIED,
      NOT_FOUND,
    ]);
  }

  async remove(containerId: string): Promise<void> {
    // 409: its removal is already in progress.
    await engineCall('ContainerRuntimeError', () => this.#container(containerId).remove({ force: true, v: true }), [
      NOT_FOUND,
      CONFLICT,
    ]);
  }

  async inspect(containerId: string): Promise<ObservedContainer | undefined> {
    const info = await engineCall('CannotInspectContainerError', () => this.#container(containerId).inspect(), [
      NOT_FOUND,
    ]);
    return info === undefined ? undefined : fromInspect(info);
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const filters = { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) };
    const found = await engineCall('ContainerRuntimeError', () => this.#docker.listContainers({ all: true, filters }));
    return (found ?? []).map((c) => c.Id);
  }

  async publishedPorts(): Promise<ReadonlySet<string>> {
    const running = await engineCall('ContainerRuntimeError', () => this.#docker.listContainers());
    const ports = (running ?? []).flatMap((container) => container.Ports);
    return new Set(ports.flatMap(({ PublicPort: port, Type }) => (port ? [`${port}/${Type}`] : [])));
  }

  async ensureVolume(volume: VolumeSpec): Promise<void> {
    await engineCall('CannotCreateVolumeError', () =>
      this.#docker.createVolume({
        Name: volume.name,
        ...defined({ Driver: volume.driver }),
        ...(volume.driverOpts === undefined ? {} : { DriverOpts: { ...volume.driverOpts } }),
        ...(volume.labels === undefined ? {} : { Labels: { ...volume.labels } }),
      }),
    );
  }

  async inspectVolume(name: string): Promise<ObservedVolume | undefined> {
    const found = await engineCall('CannotCreateVolumeError', () => this.#docker.getVolume(name).inspect(), [
      NOT_FOUND,
    ]);
    if (found === undefined) return undefined;
    // The engine says null where there are none, whatever its types say.
    const [labels, options] = [found.Labels, found.Options] as (Record<string, string> | null)[];
    return { name, driver: found.Driver, driverOpts: options ?? {}, labels: labels ?? {} };
  }

  async removeVolume(name: string): Promise<void> {
    await engineCall('ContainerRuntimeError', () => this.#docker.getVolume(name).remove(), [NOT_FOUND]);
  }

  ensureTaskNetwork(): Promise<{ network: string; pauseImage: string }> {
    this.#taskNetwork ??= this.#makeTaskNetwork().catch((error: unknown) => {
      this.#taskNetwork = undefined;
      throw new RuntimeError('ResourceInitializationError', messageOf(error));
    });
    return this.#taskNetwork;
  }

  async listen(labels: Readonly<Record<string, string>>, listener: EventListener): Promise<{ close(): void }> {
    const stream = new EventStream({
      docker: this.#docker,
      labels,
      listener,
      onImageChange: () => this.#images.forget(),
    });
    await patiently(() => stream.open());
    return stream;
  }

  #container(id: string): Docker.Container {
    return this.#docker.getContainer(id);
  }

  /** Adds a refused ulimit's name and value to the error, and takes out what a log driver says of secrets. */
  async #explained(containerId: string, error: unknown): Promise<unknown> {
    if (!(error instanceof RuntimeError)) return error;
    const info = await this.#container(containerId)
      .inspect()
      .catch(() => undefined);
    const name = refusedUlimit(error.message);
    if (name === undefined)
      return info === undefined ? error : new RuntimeError(error.name, hideLogOptions(error.message, info));
    const asked = (info?.HostConfig.Ulimits as readonly Ulimit[] | null | undefined)?.find((u) => u.Name === name);
    const most = name === 'nofile' ? await this.#mostOpenFiles() : undefined;
    return new RuntimeError(error.name, `${ulimitRefusal(name, asked, most)}. ${error.message}`);
  }

  /** The kernel's limit of open files, if the engine is on this machine. */
  async #mostOpenFiles(): Promise<number | undefined> {
    const { socketPath } = this.#docker.modem as { readonly socketPath?: unknown };
    if (typeof socketPath !== 'string') return undefined;
    const text = await readFile('/proc/sys/fs/nr_open', 'utf8').catch(() => '');
    return text === '' ? undefined : Number(text);
  }

  async #makeTaskNetwork(): Promise<{ network: string; pauseImage: string }> {
    const networks = await patiently(() => this.#docker.listNetworks({ filters: { name: [TASK_NETWORK] } }));
    // The filter also matches parts of names.
    if (!networks.some((n) => n.Name === TASK_NETWORK))
      await this.#docker.createNetwork({ Name: TASK_NETWORK, Driver: 'bridge', CheckDuplicate: true });
    await this.#importPauseImage();
    return { network: TASK_NETWORK, pauseImage: PAUSE_IMAGE };
  }

  async #importPauseImage(): Promise<void> {
    const image = this.#docker.getImage(PAUSE_IMAGE);
    if ((await engineCall('ResourceInitializationError', () => image.inspect(), [NOT_FOUND])) !== undefined) return;
    const { Architecture: architecture } = (await this.#docker.info()) as { Architecture: string };
    const program = pauseProgram(architecture);
    if (program === undefined)
      throw new Error(`network mode awsvpc is not available on ${architecture}: x86_64 and aarch64 are supported`);
    const [repo, tag] = PAUSE_IMAGE.split(':');
    const archive = Readable.from(pauseArchive(program));
    const progress: NodeJS.ReadableStream = await this.#docker.importImage(archive, { repo, tag });
    await new Promise<void>((resolve, reject) => {
      this.#docker.modem.followProgress(progress, (error: Error | null) =>
        error === null ? resolve() : reject(error),
      );
    });
  }
}

/** Only some storage drivers know limits: btrfs, zfs, and overlay2 on XFS with project quotas. */
const refusesStorageLimits = (message: string): boolean => /storage-opt/i.test(message);

const carries = (container: ObservedContainer, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([key, value]) => container.labels[key] === value);
