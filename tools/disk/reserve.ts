/**
 * Keeps disk space for the write-ahead logs of Postgres and Temporal, which must go on when the disk is full. Below the
 * limits of volume.ts the API refuses changes, and the ballast shrinks step by step. It grows again when there is space.
 */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SetupError } from '../settings.ts';
import { Ballast, STEP_BYTES } from './ballast.ts';
import { bytesAsText, fullDisk, REFUSE_BELOW_BYTES, RELEASE_BELOW_BYTES, RESUME_AT_BYTES, roomOf } from './volume.ts';

const MIB = 1024 * 1024;
const LOOK_EVERY_MS = 250;
const LEAST_BALLAST_BYTES = 64 * MIB;
const MOST_BALLAST_BYTES = 256 * MIB;
const ADVICE = 'Changes are refused until there is room again; Longshore notices that by itself.';

/** One hundredth of the disk, within limits. */
export const defaultBallastBytes = (totalBytes: number): number =>
  Math.min(MOST_BALLAST_BYTES, Math.max(LEAST_BALLAST_BYTES, Math.floor(totalBytes / 100)));

/**
 * Shrinks the ballast until the folder's disk has space for a start. Throws a SetupError when less than `leastBytes` are
 * free in the end.
 */
export function makeRoomForStart(folder: string, leastBytes = RELEASE_BELOW_BYTES): void {
  const ballast = new Ballast(folder);
  let room = roomOf(folder);
  while (room.freeBytes < leastBytes && ballast.shrink()) room = roomOf(folder);
  if (room.freeBytes >= leastBytes) return;
  throw new SetupError(
    `${fullDisk(folder, room)} Longshore needs at least ${bytesAsText(leastBytes)} to start:\n` +
      '  free some, or choose a folder on another disk with LONGSHORE_DATA.',
  );
}

interface ReserveOptions {
  /** Size of each ballast. Absent: one hundredth of its disk. */
  readonly ballastBytes?: number | undefined;
  readonly logger: Logger;
}

/** A disk, given by a folder on it. */
class WatchedDisk {
  readonly folder: string;
  readonly device: number;
  readonly #ballast: Ballast;
  readonly #options: ReserveOptions;
  #full = false;

  constructor(folder: string, options: ReserveOptions) {
    this.folder = folder;
    this.device = fs.statSync(folder).dev;
    this.#ballast = new Ballast(folder);
    this.#options = options;
    const { freeBytes } = roomOf(folder);
    // The start may have freed only what it needed itself, which leaves no space for changes.
    if (freeBytes < RESUME_AT_BYTES) this.#tell(true, freeBytes);
  }

  /** The message to callers while the disk is full. */
  problem(): string | undefined {
    const room = roomOf(this.folder);
    const full = room.freeBytes < (this.#full ? RESUME_AT_BYTES : REFUSE_BELOW_BYTES);
    if (full !== this.#full) this.#tell(full, room.freeBytes);
    return full ? `${fullDisk(this.folder, room)} ${ADVICE}` : undefined;
  }

  #tell(full: boolean, freeBytes: number): void {
    this.#full = full;
    const fields = { folder: this.folder, free: bytesAsText(freeBytes) };
    if (full) this.#options.logger.error(fields, 'the disk is full; changes are refused until there is room again');
    else this.#options.logger.warn(fields, 'the disk has room again; changes are accepted');
  }

  async tend(): Promise<void> {
    const isFull = this.problem() !== undefined;
    const { freeBytes, totalBytes } = roomOf(this.folder);
    const target = this.#options.ballastBytes ?? defaultBallastBytes(totalBytes);
    if (freeBytes < RELEASE_BELOW_BYTES) this.#ballast.shrink();
    else if (!isFull && this.#ballast.bytes < target && freeBytes >= RESUME_AT_BYTES + STEP_BYTES) {
      await this.#ballast.grow(target);
    } else this.#ballast.trim(target);
  }
}

export class DiskReserve {
  readonly #options: ReserveOptions;
  readonly #disks: WatchedDisk[] = [];
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  /** The last failure: the same one is logged once, not four times a second. */
  #failure: string | undefined;

  constructor(options: ReserveOptions) {
    this.#options = options;
    this.#watching = this.#watch();
  }

  /** Watches the disk of the folder and keeps a ballast file in the folder. Does nothing for a disk that is watched already. */
  watch(folder: string): void {
    const disk = new WatchedDisk(folder, this.#options);
    if (this.#disks.every(({ device }) => device !== disk.device)) this.#disks.push(disk);
  }

  /** Checks the disks. Returns the message to callers while one of them is full. */
  problem(): string | undefined {
    return this.#disks.map((disk) => disk.problem()).find((problem) => problem !== undefined);
  }

  /** Stops watching. The ballast stays. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const pause = (): Promise<boolean> =>
      sleep(LOOK_EVERY_MS, true, { signal: this.#stopping.signal }).catch(() => false);
    while (await pause()) {
      for (const disk of this.#disks)
        await disk.tend().then(
          () => this.#note(undefined),
          (error: unknown) => this.#note(error),
        );
    }
  }

  #note(error: unknown): void {
    const failure = error instanceof Error ? error.message : undefined;
    if (failure !== undefined && failure !== this.#failure) {
      this.#options.logger.warn({ err: error }, 'could not check or keep free space on the disk');
    }
    this.#failure = failure;
  }
}
