/** The operator's master key: with keys derived from it, Longshore seals secrets in its database. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { MasterKeys } from '../model/master-keys.ts';
import { type AccessSettings, type MasterKeySource, parseMasterKey } from './access-settings.ts';
import { SetupError } from './settings.ts';

const COMMAND_PATIENCE_MS = 30_000;

/** The key's file in a data folder. Whoever has it and the database has all secrets; without it they are lost. */
export const masterKeyFile = (dataDir: string): string => path.join(dataDir, 'master.key');

/** Reads the key and those before it; makes the file at first use. Throws SetupError with what to do. */
export const readMasterKeys = (
  settings: Pick<AccessSettings, 'masterKey' | 'earlierMasterKeys'> & { readonly dataDir: string },
): MasterKeys => [readMasterKey(settings.masterKey, settings.dataDir), ...settings.earlierMasterKeys];

/** The same of keys that are there: it makes none. Throws SetupError with what to do. */
export function readExistingMasterKeys(settings: Parameters<typeof readMasterKeys>[0]): MasterKeys {
  const file = masterKeyFile(settings.dataDir);
  if (settings.masterKey.kind === 'file' && !fs.existsSync(file))
    throw new SetupError(
      `There is no master key at ${file}. Run this with the data folder or the LONGSHORE_MASTER_KEY of the api, so that the api can open what is sealed here.`,
    );
  return readMasterKeys(settings);
}

/** Reads the key alone; makes the file at first use. Throws SetupError with what to do. */
export function readMasterKey(source: MasterKeySource, dataDir: string): Buffer {
  switch (source.kind) {
    case 'value':
      return source.key;
    case 'command':
      return keyFromCommand(source.command);
    case 'file':
      return keyFromFile(masterKeyFile(dataDir));
  }
}

function keyFromCommand(command: string): Buffer {
  let printed: string;
  try {
    printed = execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      timeout: COMMAND_PATIENCE_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    const status = (error as { status?: number | null }).status;
    const how =
      typeof status === 'number' ? `ended with ${status}` : `did not end within ${COMMAND_PATIENCE_MS / 1000} s`;
    throw new SetupError(`LONGSHORE_MASTER_KEY_COMMAND ${how}. It must print the master key.`);
  }
  const key = parseMasterKey(printed);
  if (key === undefined) {
    throw new SetupError(
      'LONGSHORE_MASTER_KEY_COMMAND printed no key: 32 bytes as 64 hexadecimal digits or as base64.',
    );
  }
  return key;
}

function keyFromFile(file: string): Buffer {
  if (!fs.existsSync(file)) makeFile(file);
  if ((fs.statSync(file).mode & 0o077) !== 0) fs.chmodSync(file, 0o600);
  const key = parseMasterKey(fs.readFileSync(file, 'utf8'));
  if (key === undefined) {
    throw new SetupError(`${file} is not a master key. Restore it from a backup: without it, sealed secrets are lost.`);
  }
  return key;
}

/** A hard link is atomic: of two processes that make the file together, one wins, and both read the same key. */
function makeFile(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(mine, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
    fs.linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}
