/**
 * The stats of running containers. The engine takes a second for a sample, so the agent keeps a stream of those that somebody
 * asks for, and of no others.
 */
import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { defined } from '../../model/defined.ts';
import type { EpochMs } from '../../model/time.ts';
import { isOfNoRun, type Samples, type StatsSample } from './network-rates.ts';

/** A stream ends when nobody has asked for so long. Monitors ask once a minute. */
const IDLE_MS = 150_000;
/** The engine sends a sample each second. */
const FIRST_SAMPLE_MS = 4_000;

type Stream = NodeJS.ReadableStream & { destroy(): void };

class Kept {
  askedAt: EpochMs;
  samples: Samples | undefined;
  stream: Stream | undefined;
  readonly first: Promise<void>;
  arrived: () => void = () => undefined;

  constructor(at: EpochMs) {
    this.askedAt = at;
    this.first = new Promise((resolve) => {
      this.arrived = resolve;
    });
  }
}

export class Stats {
  readonly #docker: Docker;
  readonly #now: () => EpochMs;
  readonly #kept = new Map<string, Kept>();
  #isClosed = false;

  constructor(docker: Docker, now: () => EpochMs) {
    this.#docker = docker;
    this.#now = now;
  }

  /** The latest samples of a running container; undefined if the engine gives none. The first call waits for one. */
  async of(containerId: string): Promise<Samples | undefined> {
    let kept = this.#kept.get(containerId);
    if (kept === undefined && !this.#isClosed) {
      kept = new Kept(this.#now());
      this.#kept.set(containerId, kept);
      void this.#follow(containerId, kept);
    }
    if (kept === undefined) return undefined;
    kept.askedAt = this.#now();
    if (kept.samples === undefined) await within(kept.first, FIRST_SAMPLE_MS);
    return kept.samples;
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#kept.size;
  }

  close(): void {
    this.#isClosed = true;
    for (const { stream } of this.#kept.values()) stream?.destroy();
  }

  async #follow(containerId: string, kept: Kept): Promise<void> {
    try {
      const stream = (await this.#docker.getContainer(containerId).stats({ stream: true })) as unknown as Stream;
      kept.stream = stream;
      if (this.#isClosed) return;
      const lines = createInterface({ input: stream, crlfDelay: Infinity });
      stream.on('error', () => stream.destroy());
      stream.once('close', () => lines.close());
      for await (const line of lines) {
        const sample = JSON.parse(line) as StatsSample;
        if (isOfNoRun(sample)) break;
        kept.samples = { now: sample, ...defined({ before: kept.samples?.now }) };
        kept.arrived();
        if (this.#now() - kept.askedAt > IDLE_MS) break;
      }
    } catch {
      // The engine or the container is gone: whoever asks again gets a new stream or learns that there is none.
    } finally {
      kept.stream?.destroy();
      kept.arrived();
      this.#kept.delete(containerId);
    }
  }
}

async function within(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
