/** What the engine shows of containers, kept while nothing happens to them. */
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { statusOf } from '../../activities/host/runtime/engine-call.ts';
import type { EpochMs } from '../../model/time.ts';

/** Without an event, only the output of a health check and the networks change. */
const FRESH_MS = 5_000;
/** More containers than a host runs. */
const MOST = 10_000;

interface Kept {
  /** What the agent knew of the container then: another object means news of it. */
  readonly knowledge: unknown;
  readonly at: EpochMs;
  readonly info: Promise<ContainerInspectInfo | undefined>;
}

export class Inspects {
  readonly #docker: Docker;
  readonly #now: () => EpochMs;
  readonly #kept = new Map<string, Kept>();

  constructor(docker: Docker, now: () => EpochMs) {
    this.#docker = docker;
    this.#now = now;
  }

  /** Undefined if the engine has no such container. Rejects while the engine does not answer. */
  of(containerId: string, knowledge: unknown): Promise<ContainerInspectInfo | undefined> {
    const kept = this.#kept.get(containerId);
    if (kept !== undefined && kept.knowledge === knowledge && this.#now() - kept.at < FRESH_MS) return kept.info;
    const info = this.#ask(containerId);
    if (this.#kept.size >= MOST) this.#kept.clear();
    this.#kept.set(containerId, { knowledge, at: this.#now(), info });
    info.catch(() => this.#kept.delete(containerId));
    return info;
  }

  async #ask(containerId: string): Promise<ContainerInspectInfo | undefined> {
    try {
      return await this.#docker.getContainer(containerId).inspect();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}
