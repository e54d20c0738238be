/** How much room a disk has left, and how a person is told that there is none. */
import * as fs from 'node:fs';

const MIB = 1024 * 1024;

/** Below this nothing new is accepted: what runs already needs the rest. */
export const REFUSE_BELOW_BYTES = 32 * MIB;
/** Two of these much are free before changes are accepted again, so that one file less does not open the door for a moment. */
export const RESUME_AT_BYTES = 2 * REFUSE_BELOW_BYTES;
/** Postgres creates its log in files of 16 MB; a little more than one must fit. */
export const RELEASE_BELOW_BYTES = 20 * MIB;

export interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** What an ordinary user may still write: the blocks that are kept for root are of no use to Postgres. */
export function roomOf(folder: string): Room {
  const { bavail, blocks, bsize } = fs.statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** `120 MB`, `31.5 GB`. */
export function bytesAsText(bytes: number): string {
  const mib = bytes / MIB;
  return mib < 10_000 ? `${Math.floor(mib)} MB` : `${(mib / 1024).toFixed(1)} GB`;
}

/** The sentence for a disk that is full. */
export const fullDisk = (folder: string, { freeBytes, totalBytes }: Room): string =>
  `The disk of ${folder} is full: ${bytesAsText(freeBytes)} of ${bytesAsText(totalBytes)} are free.`;
