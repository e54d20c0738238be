/**
 * The data folder is its user's alone: databases and logs hold the environment of every task. Other users of the machine
 * must not read any of it.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SetupError } from './settings.ts';

const FOR_USER_ONLY = 0o700;
/** Others may pass through, and see nothing. */
const PASSABLE = 0o711;

/**
 * Closes the folder, with whatever an earlier life left open in it, and has all that this process makes from now on made
 * closed. As root, Postgres runs as a user of its own, which must pass to its part of the folder where that lies in it.
 */
export function keepPrivate(dataDir: string, options: { readonly embeddedPostgres: boolean }): void {
  process.umask(0o077);
  const folder = fs.realpathSync(dataDir);
  const postgres = path.join(folder, 'postgres');
  const postgresPasses = options.embeddedPostgres && process.getuid?.() === 0 && isPassable(path.dirname(folder));
  setMode(folder, postgresPasses ? PASSABLE : FOR_USER_ONLY);
  // Postgres's own folder is opened as far as its user needs when it is prepared; its cluster Postgres keeps closed itself.
  closeContents(folder, new Set([postgres]), new Set([path.join(postgres, 'cluster')]));
}

/** Makes a folder through which others may pass, and no more, whatever the umask. */
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
    // A server's temporary file goes away by itself.
    if (code === 'ENOENT') return;
    if (code !== 'EPERM') throw error;
    throw new SetupError(
      `${name} belongs to another user, so it cannot be closed to others. Give it to the user that runs Longshore (chown).`,
    );
  }
}

/** True when every user may pass through the folder and all above it. */
function isPassable(folder: string): boolean {
  if ((fs.statSync(folder).mode & 0o001) === 0) return false;
  const parent = path.dirname(folder);
  return parent === folder || isPassable(parent);
}
