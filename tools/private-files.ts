/**
 * The data folder belongs to its user alone: databases and logs contain the environment of every task, so other users of
 * the machine must not read them.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SetupError } from './settings.ts';

const FOR_USER_ONLY = 0o700;
/** Other users may pass through the folder but not list it. */
const PASSABLE = 0o711;

/**
 * Closes the folder and everything that an earlier run left open in it, and sets the umask so that new files are closed
 * too. Under root, Postgres runs as its own user, who must be able to pass through the folder to reach its part.
 */
export function keepPrivate(dataDir: string, options: { readonly embeddedPostgres: boolean }): void {
  process.umask(0o077);
  const folder = fs.realpathSync(dataDir);
  const postgres = path.join(folder, 'postgres');
  const postgresPasses = options.embeddedPostgres && process.getuid?.() === 0 && isPassable(path.dirname(folder));
  setMode(folder, postgresPasses ? PASSABLE : FOR_USER_ONLY);
  // Preparing Postgres opens its folder as far as its user needs. Postgres itself keeps its cluster closed.
  closeContents(folder, new Set([postgres]), new Set([path.join(postgres, 'cluster')]));
}

/** Makes a folder that other users may pass through but not list, whatever the umask. */
export function makePassable(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(folder, PASSABLE);
}

function closeContents(folder: string, kept: ReadonlySet<string>, left: ReadonlySet<string>): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (left.has(name) || !(entry.isFile() || entry.isDirectory())) continue;
    if (!kept.has(name)) close(name);
    if (entry.isDirectory()) closeContents(name, kept, left);
  }
}

function close(name: string): void {
  const mode = fs.statSync(name, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o777 & ~FOR_USER_ONLY) !== 0) setMode(name, mode & FOR_USER_ONLY);
}

function setMode(name: string, mode: number): void {
  try {
    fs.chmodSync(name, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A server's temporary file may vanish at any time.
    if (code === 'ENOENT') return;
    if (code !== 'EPERM') throw error;
    throw new SetupError(
      `${name} belongs to another user, so Longshore cannot make it private. Give it to the user that runs Longshore (chown).`,
    );
  }
}

/** True when every user may pass through the folder and all its parents. */
function isPassable(folder: string): boolean {
  if ((fs.statSync(folder).mode & 0o001) === 0) return false;
  const parent = path.dirname(folder);
  return parent === folder || isPassable(parent);
}
