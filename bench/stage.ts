/** The parts that rows measure. Each starts when the first row needs it and ends with the bench. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type Docker from 'dockerode';
import { connectDocker } from '../activities/host/runtime/docker-runtime.ts';
import { type DockerEngine, startDockerEngine } from '../fixtures/docker-engines.ts';
import { ensureBusyboxImage } from '../tools/busybox-image.ts';
import { withProgress } from '../tools/progress.ts';
import { type Longshore, type LongshoreOptions, startLongshore } from './longshore.ts';

/** The image of every container of the bench. */
export const IMAGE = 'longshore-bench/busybox:latest';
export const COMMAND = ['sleep', '86400'];
export const MEMORY_MIB = 16;

export interface BenchEngine extends DockerEngine {
  /** A client that keeps its connections, as the agent's client does, so that the reference is not slower for it. */
  readonly client: Docker;
}

export interface StageOptions {
  /** Options for every Longshore that is started. */
  readonly longshore: Pick<LongshoreOptions, 'profileDir' | 'temporalAddress'>;
  /** Small sizes and short loads: a trial shows whether the rows work, not how fast anything is. */
  readonly isTrial: boolean;
}

export class Stage {
  /** Options for every Longshore that is started. */
  readonly options: StageOptions['longshore'];
  readonly #isTrial: boolean;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'longshore-bench-'));
  readonly #ends: (() => Promise<void>)[] = [];
  #engine: Promise<BenchEngine> | undefined;
  #swarm: Promise<BenchEngine> | undefined;
  #longshore: Promise<Longshore> | undefined;

  constructor({ longshore, isTrial }: StageOptions) {
    this.options = longshore;
    this.#isTrial = isTrial;
  }

  /** The size that a row uses in earnest or in a trial. */
  size<T>(inEarnest: T, inTrial: T): T {
    return this.#isTrial ? inTrial : inEarnest;
  }

  /** The engine that Longshore and plain Docker calls share, one after the other. */
  engine(): Promise<BenchEngine> {
    return (this.#engine ??= this.#startEngine('starting a Docker engine of its own'));
  }

  /** An engine that is a swarm of one, with nothing else on it. */
  swarm(): Promise<BenchEngine> {
    return (this.#swarm ??= this.#startSwarm());
  }

  /** A whole Longshore on `engine()`, with its own process and data folder. */
  longshore(): Promise<Longshore> {
    return (this.#longshore ??= this.#startLongshore());
  }

  /** Calls `end` before anything that was started earlier ends. */
  onEnd(end: () => Promise<void>): void {
    this.#ends.unshift(end);
  }

  folder(name: string): string {
    return path.join(this.#folder, name);
  }

  /** Ends everything; an error in one part does not keep the others running. */
  async end(): Promise<void> {
    for (const end of this.#ends) {
      await end().catch((error: unknown) => process.stderr.write(`bench: ${String(error)}\n`));
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #startEngine(what: string): Promise<BenchEngine> {
    return withProgress(what, async () => {
      const engine = await startDockerEngine();
      this.onEnd(() => engine.destroy());
      await ensureBusyboxImage(engine.docker, IMAGE, this.folder('logs'));
      return Object.assign(engine, { client: connectDocker({ socketPath: engine.socketPath }) });
    });
  }

  async #startSwarm(): Promise<BenchEngine> {
    const engine = await this.#startEngine('starting a Docker Swarm of its own');
    await engine.docker.swarmInit({
      ListenAddr: `${engine.address}:2377`,
      AdvertiseAddr: engine.address,
      ForceNewCluster: false,
      Spec: {},
    });
    return engine;
  }

  async #startLongshore(): Promise<Longshore> {
    const { socketPath } = await this.engine();
    return withProgress('starting Longshore', async () => {
      const longshore = await startLongshore({
        dataDir: this.folder('longshore'),
        dockerHost: `unix://${socketPath}`,
        ...this.options,
      });
      this.onEnd(() => longshore.stop());
      return longshore;
    });
  }
}
