/** How much space a disk has left, and the message for a full disk. */
import * as fs from 'node:fs';

const MIB = 1024 * 1024;

/** Below this the API refuses changes: what runs already needs the rest. */
export const REFUSE_BELOW_BYTES = 32 * MIB;
/** Changes are accepted again at twice that, so that one deleted file does not let changes in for a moment. */
export const RESUME_AT_BYTES = 2 * REFUSE_BELOW_BYTES;
/** Postgres creates its write-ahead log in files of 16 MB. A little more than one file must fit. */
export const RELEASE_BELOW_BYTES = 20 * MIB;

export interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The space for ordinary users: Postgres cannot use the blocks that are reserved for root. */
export function roomOf(folder: string): Room {
  const { bavail, blocks, bsize } = fs.statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** `120 MB`, `31.5 GB`. */
export function bytesAsText(bytes: number): string {
  const mib = bytes / MIB;
  return mib < 10_000 ? `${Math.floor(mib)} MB` : `${(mib / 1024).toFixed(1)} GB`;
}

/** The message for a full disk. */
export const fullDisk = (folder: string, { freeBytes, totalBytes }: Room): string =>
  `The disk of ${folder} is full: ${bytesAsText(freeBytes)} of ${bytesAsText(totalBytes)} are free.`;
