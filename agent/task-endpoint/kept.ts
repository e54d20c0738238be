/** What the task endpoint must know again after a restart: the key of its ids, and the port that running containers know. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { writePrivate } from '../../certificates/private-file.ts';

const kept = z.object({
  version: z.literal(1),
  /** 32 bytes in hexadecimal. Whoever has it can name every task's ids. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** Absent until the endpoint has listened once. */
  port: z.int().min(1).max(65_535).optional(),
});

export type KeptEndpoint = z.infer<typeof kept>;

const fileOf = (folder: string): string => path.join(folder, 'task-endpoint.json');

/** The file's contents, or a new key that is kept before its first use. Throws if the file holds something else. */
export function loadEndpoint(folder: string): KeptEndpoint {
  const file = fileOf(folder);
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const fresh: KeptEndpoint = { version: 1, key: randomBytes(32).toString('hex') };
    keepEndpoint(folder, fresh);
    return fresh;
  }
  const read = kept.safeParse(jsonOf(text));
  if (!read.success)
    throw new Error(
      `${file} is not the state of a task endpoint. Restore it, or remove it: containers that run then need a new start to find their metadata and credentials`,
    );
  return read.data;
}

export function keepEndpoint(folder: string, endpoint: KeptEndpoint): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivate(fileOf(folder), `${JSON.stringify(endpoint)}\n`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
