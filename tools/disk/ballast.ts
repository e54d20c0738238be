/**
 * A file that only takes up room, so that there is some to give back when a disk is full. It grows and shrinks by
 * steps: whoever fills the disk gets one step at most before writing fails for him, too.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

const MIB = 1024 * 1024;

/** One file of Postgres's log. */
export const STEP_BYTES = 16 * MIB;

export class Ballast {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'ballast');
  }

  get bytes(): number {
    return fs.statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Gives one step back; false when there is nothing left to give. */
  shrink(): boolean {
    const { bytes } = this;
    if (bytes === 0) return false;
    // Truncating takes no room; removing may, on file systems that copy on write.
    fs.truncateSync(this.#file, Math.max(0, bytes - STEP_BYTES));
    return true;
  }

  /** Takes up to one step more, until the file has `targetBytes`. What there is no room for is left out. */
  async grow(targetBytes: number): Promise<void> {
    const end = Math.min(targetBytes, this.bytes + STEP_BYTES);
    const file = await fs.promises.open(this.#file, 'a', 0o600);
    try {
      // Random: a file system that compresses would keep no room for zeros.
      for (let size = this.bytes; size < end; size += MIB) await file.write(randomBytes(Math.min(MIB, end - size)));
    } finally {
      await file.close();
    }
  }

  /** Gives back what is beyond `targetBytes`. */
  trim(targetBytes: number): void {
    if (this.bytes > targetBytes) fs.truncateSync(this.#file, targetBytes);
  }
}
