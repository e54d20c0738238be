/**
 * A file that only takes up space, so that Longshore can free some when the disk is full. It grows and shrinks in steps:
 * another program that fills the disk gets one step at most before its writes fail.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

const MIB = 1024 * 1024;

/** The size of one file of Postgres's write-ahead log. */
export const STEP_BYTES = 16 * MIB;

export class Ballast {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'ballast');
  }

  get bytes(): number {
    return fs.statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Frees one step. False when the file is empty. */
  shrink(): boolean {
    const { bytes } = this;
    if (bytes === 0) return false;
    // Truncating needs no space. Removing the file may need some on a copy-on-write file system.
    fs.truncateSync(this.#file, Math.max(0, bytes - STEP_BYTES));
    return true;
  }

  /** Grows the file by up to one step, until it has `targetBytes`. Takes less when the disk has no more space. */
  async grow(targetBytes: number): Promise<void> {
    const end = Math.min(targetBytes, this.bytes + STEP_BYTES);
    const file = await fs.promises.open(this.#file, 'a', 0o600);
    try {
      // Random bytes: a file system with compression would reserve no space for zeros.
      for (let size = this.bytes; size < end; size += MIB) await file.write(randomBytes(Math.min(MIB, end - size)));
    } finally {
      await file.close();
    }
  }

  /** Frees what exceeds `targetBytes`. */
  trim(targetBytes: number): void {
    if (this.bytes > targetBytes) fs.truncateSync(this.#file, targetBytes);
  }
}
