/** The instance's id. It is drawn once and kept in the agent's data folder, so that a restarted agent is the same instance. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file in the agent's data folder that holds the id. */
export const INSTANCE_ID_FILE = 'container-instance-id';

/** 32 lowercase hex digits, written to the file before the first use. Throws when the file holds something else. */
export async function loadInstanceId(dataDir: string): Promise<string> {
  const path = join(dataDir, INSTANCE_ID_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) {
    const id = text.trim();
    if (!/^[0-9a-f]{32}$/.test(id))
      throw new Error(`${path} does not hold a container instance id. Remove the file to get a new id`);
    return id;
  }
  const id = randomBytes(16).toString('hex');
  await mkdir(dataDir, { recursive: true });
  // The rename is atomic: a crash leaves no half-written id.
  await writeFile(`${path}.new`, `${id}\n`);
  await rename(`${path}.new`, path);
  return id;
}
