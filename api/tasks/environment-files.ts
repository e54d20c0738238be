/**
 * Files of variables in the operator's folder, in which `BUCKET/KEY` stands for the S3 object of that name. Nothing outside of
 * the folder is read, whatever its links say.
 */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import { readVariables, type S3Object } from '../../model/environment-file.ts';

const MOST_BYTES = 1024 * 1024;

/** The file cannot be had. The message is for the stopped reason of a task. */
export class NoSuchFile extends Error {
  override readonly name = 'NoSuchFile';
}

const missing = (): NoSuchFile => new NoSuchFile('NoSuchKey: The specified key does not exist.');

export class EnvironmentFiles {
  readonly #folder: string;

  /** `folder`: an absolute path. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The variables of the object's file. Throws NoSuchFile. */
  async read({ bucket, key }: S3Object): Promise<Readonly<Record<string, string>>> {
    const bytes = await this.#bytesOf(path.join(this.#folder, bucket, key));
    try {
      return readVariables(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      throw new NoSuchFile('the file is not in UTF-8.');
    }
  }

  async #bytesOf(file: string): Promise<Buffer> {
    const [folder, target] = await Promise.all([realpath(this.#folder), realpath(file)]).catch(() => {
      throw missing();
    });
    if (!target.startsWith(folder + path.sep)) throw missing();
    // A pipe must not hold the call up.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(target, flags).catch(() => {
      throw missing();
    });
    try {
      const about = await handle.stat();
      if (!about.isFile()) throw missing();
      if (about.size > MOST_BYTES) throw new NoSuchFile(`the file has more than ${MOST_BYTES} bytes.`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }
}
