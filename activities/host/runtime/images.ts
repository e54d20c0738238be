/** Provides images: pulls them, or else takes cached ones, like an ECS agent with the pull behaviour "default". */
import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../../model/defined.ts';
import type { ContainerSecrets } from '../../../model/task-calls.ts';
import { messageOf, patiently, statusOf } from './engine-call.ts';
import { hideValues } from './hidden-values.ts';
import { RuntimeError } from './types.ts';
import type { ImageReady } from './types.ts';

/** After a registry failed, it is not asked for this long if a cached image serves. */
const REGISTRY_REST_MS = 60_000;
/** A successful pull also counts for other launches within this time. */
const PULL_FRESH_MS = 5_000;
/** If there is a cached image, a registry must begin to answer within this time. */
const FIRST_ANSWER_MS = 5_000;
const DEFAULT_REGISTRY = 'docker.io';

/** `name[:tag][@digest]` with the tag filled in, because a pull without one would fetch every tag. */
export function withTag(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return name.includes(':') || name.includes('@') ? image : `${image}:latest`;
}

/** The registry that an image name points to. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : DEFAULT_REGISTRY;
}

/** With which a registry lets somebody pull. */
export type RegistryAuth = NonNullable<ContainerSecrets['registryAuth']>;

/** Pulls with other credentials are other pulls: one may be refused what the other gets. */
const keyOf = (auth: RegistryAuth | undefined): string =>
  auth === undefined
    ? ''
    : createHash('sha256')
        .update(JSON.stringify([auth.username, auth.password]))
        .digest('hex');

interface Wanted {
  readonly image: string;
  readonly auth: RegistryAuth | undefined;
  readonly key: string;
}

interface Cached {
  readonly digest?: string;
  /** The image was built or loaded on this host, never pushed or pulled, so its name is no reason to ask a registry. */
  readonly local: boolean;
}

export class ImageStore {
  readonly #docker: Docker;
  readonly #underWay = new Map<string, Promise<ImageReady>>();
  readonly #ready = new Map<string, { readonly image: ImageReady; readonly until: number }>();
  readonly #resting = new Map<string, number>();

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /**
   * Resolves when the image is there. Launches of the same image with the same credentials share one pull. Rejects with CannotPullContainerError.
   */
  ensure(name: string, auth?: RegistryAuth): Promise<ImageReady> {
    const image = withTag(name);
    const key = keyOf(auth);
    const known = this.#ready.get(image);
    if (known !== undefined && known.until > Date.now()) return Promise.resolve(known.image);
    const pull = `${image} ${key}`;
    const present = this.#underWay.get(pull);
    if (present !== undefined) return present;
    const work = this.#obtain({ image, auth, key }).finally(() => this.#underWay.delete(pull));
    this.#underWay.set(pull, work);
    return work;
  }

  /** The engine's images have changed, so nothing that is remembered holds any more. */
  forget(): void {
    this.#ready.clear();
  }

  async #obtain({ image, auth, key }: Wanted): Promise<ImageReady> {
    const cached = await this.#cached(image);
    // Local images stay ready until the engine reports a change to its images.
    if (cached !== undefined && (cached.local || image.includes('@'))) return this.#remember(image, cached, Infinity);
    const registry = `${registryOf(image)} ${key}`;
    if (cached !== undefined && (this.#resting.get(registry) ?? 0) > Date.now()) return toReady(cached);
    try {
      await this.#pull(image, auth, cached === undefined ? undefined : FIRST_ANSWER_MS);
    } catch (error) {
      const hidden = auth === undefined ? [] : [auth.password];
      if (cached === undefined)
        throw new RuntimeError('CannotPullContainerError', hideValues(messageOf(error), hidden));
      this.#resting.set(registry, Date.now() + REGISTRY_REST_MS);
      return toReady(cached);
    }
    return this.#remember(image, (await this.#cached(image)) ?? { local: false }, Date.now() + PULL_FRESH_MS);
  }

  #remember(image: string, cached: Cached, until: number): ImageReady {
    const ready = toReady(cached);
    this.#ready.set(image, { image: ready, until });
    return ready;
  }

  async #cached(image: string): Promise<Cached | undefined> {
    try {
      const info = await patiently(() => this.#docker.getImage(image).inspect());
      // Engines with an empty list leave it out or answer null.
      const digests = (info.RepoDigests as string[] | null | undefined) ?? [];
      const digest = digestOf(image, digests);
      return { local: digests.length === 0, ...defined({ digest }) };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw new RuntimeError('CannotPullContainerError', messageOf(error));
    }
  }

  async #pull(image: string, auth: RegistryAuth | undefined, firstAnswerMs: number | undefined): Promise<void> {
    const authconfig = auth && { ...auth, serveraddress: registryOf(image) };
    const opening = patiently(() => this.#docker.pull(image, defined({ authconfig })));
    const stream = firstAnswerMs === undefined ? await opening : await within(opening, firstAnswerMs);
    await new Promise<void>((resolve, reject) => {
      this.#docker.modem.followProgress(stream, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  }
}

/** The digest in the name itself; else that of the same repository among `repository@digest` texts; else any. */
export function digestOf(image: string, digests: readonly string[]): string | undefined {
  const own = image.split('@')[1];
  if (own !== undefined) return own;
  const repository = image.slice(0, image.lastIndexOf(':'));
  const same = digests.find((text) => text.startsWith(`${repository}@`)) ?? digests[0];
  return same?.split('@')[1];
}

const toReady = (cached: Cached): ImageReady => (cached.digest === undefined ? {} : { digest: cached.digest });

async function within<T extends NodeJS.ReadableStream>(opening: Promise<T>, limitMs: number): Promise<T> {
  const timer = new AbortController();
  const late = sleep(limitMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  const first = await Promise.race([opening, late]);
  timer.abort();
  if (first !== 'late') return first;
  opening.then((stream) => stream.resume()).catch(() => undefined);
  throw new Error(`the registry did not answer within ${limitMs / 1000} s`);
}
