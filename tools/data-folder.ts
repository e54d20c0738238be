/** Only one Longshore may use a data folder: two would fight over the same databases. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeRoomForStart } from './disk/reserve.ts';
import { readOwnPid } from './process.ts';
import { SetupError } from './settings.ts';
import { explainSystemError } from './system-error.ts';

/** The command line of every Longshore process contains this. */
const COMMAND_MARK = 'longshore.mjs';
const MIB = 1024 * 1024;
/** An empty Postgres takes 40 MB and Temporal 10; the rest is for their first data. */
const FIRST_START_BYTES = 96 * MIB;

/** Claims the folder for this process. Replaces the claim of a dead process. Returns the function that releases the claim. */
export function claimDataFolder(folder: string): () => void {
  try {
    makeFolder(folder);
    makeRoomForStart(folder, fs.existsSync(path.join(folder, 'postgres')) ? undefined : FIRST_START_BYTES);
    return claim(folder);
  } catch (error) {
    const reason = explainSystemError(error);
    throw reason === undefined ? error : new SetupError(`The data folder ${folder} cannot be used. ${reason}`);
  }
}

/**
 * Makes one level at a time: with `recursive`, Node reports ENOENT on a read-only file system. Other users may pass
 * through the folder: under root, Postgres runs as its own user and must reach its part of the folder.
 */
function makeFolder(folder: string): void {
  const parent = path.dirname(folder);
  if (parent !== folder && !fs.existsSync(parent)) makeFolder(parent);
  try {
    fs.mkdirSync(folder, { mode: 0o711 });
  } catch (error) {
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

function claim(folder: string): () => void {
  const file = path.join(folder, 'longshore.pid');
  const mine = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(mine, `${process.pid}\n`, { mode: 0o600 });
    link(mine, file, folder);
  } finally {
    fs.rmSync(mine, { force: true });
  }
  return () => fs.rmSync(file, { force: true });
}

/** A hard link is atomic: of two processes that start together, only one gets the folder. */
function link(mine: string, file: string, folder: string): void {
  for (;;) {
    try {
      fs.linkSync(mine, file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = readOwnPid(file, [COMMAND_MARK]);
    if (owner !== undefined && owner !== process.pid) {
      throw new SetupError(
        `Longshore is already running on ${folder} (pid ${owner}). Stop it first, or set LONGSHORE_DATA and the ports\n` +
          '  (LONGSHORE_PORT, LONGSHORE_TEMPORAL_PORT, LONGSHORE_TEMPORAL_UI_PORT, LONGSHORE_POSTGRES_PORT) for a second one.',
      );
    }
    fs.rmSync(file, { force: true });
  }
}
