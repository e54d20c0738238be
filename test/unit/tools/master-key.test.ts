/** Where the master key comes from, and what is said when it cannot be had. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSettings } from '../../../tools/settings.ts';
import { masterKeyFile, readExistingMasterKeys, readMasterKey, readMasterKeys } from '../../../tools/master-key.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'longshore-key-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const fromFile = (): Buffer => readMasterKey({ kind: 'file' }, folder);
const fromCommand = (command: string): Buffer => readMasterKey({ kind: 'command', command }, folder);

it('makes a file that only its user can read, and reads the same key ever after', () => {
  const key = fromFile();
  expect(key).toHaveLength(32);
  expect(fromFile()).toEqual(key);
  expect(fs.statSync(masterKeyFile(folder)).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(['master.key']);
});

it('makes none where all is to be sealed anew: no api would have it', () => {
  const settings = { ...readSettings({ LONGSHORE_DATA: folder }), dataDir: folder };
  expect(() => readExistingMasterKeys(settings)).toThrow(/There is no master key at .*master\.key\. Run this with/);
  expect(fs.readdirSync(folder)).toEqual([]);
  const key = fromFile();
  expect(readExistingMasterKeys(settings)).toEqual([key]);
});

it('does not replace a file that holds no key', () => {
  fs.writeFileSync(masterKeyFile(folder), 'nonsense');
  expect(fromFile).toThrow(/is not a master key\. Restore it/);
  expect(fs.readFileSync(masterKeyFile(folder), 'utf8')).toBe('nonsense');
});

it('takes what a command prints', () => {
  const key = Buffer.alloc(32, 9);
  expect(fromCommand(`echo ${key.toString('hex')}`)).toEqual(key);
  expect(fromCommand(`echo ${key.toString('base64')}`)).toEqual(key);
  expect(() => fromCommand('exit 3')).toThrow(/LONGSHORE_MASTER_KEY_COMMAND ended with 3/);
  expect(() => fromCommand('echo short')).toThrow(/printed no key/);
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('comes first, before those that were the master key earlier', () => {
  const [now, before, first] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer];
  const settings = readSettings({
    LONGSHORE_DATA: folder,
    LONGSHORE_MASTER_KEY: now.toString('hex'),
    LONGSHORE_MASTER_KEY_PREVIOUS: `${before.toString('base64')}, ${first.toString('hex')}`,
  });
  expect(readMasterKeys(settings)).toEqual([now, before, first]);
  expect(readMasterKeys(readSettings({ LONGSHORE_DATA: folder }))).toEqual([fromFile()]);
});
