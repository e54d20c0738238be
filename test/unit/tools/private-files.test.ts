/** Only the user may read the data folder. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepPrivate } from '../../../tools/private-files.ts';

let root: string;
let umask: number;
beforeEach(() => {
  umask = process.umask(0o022);
  root = fs.mkdtempSync(path.join(tmpdir(), 'longshore-private-'));
  fs.chmodSync(root, 0o755);
});
afterEach(() => {
  process.umask(umask);
  fs.rmSync(root, { recursive: true, force: true });
});

const modeOf = (name: string): string => (fs.statSync(path.join(root, name)).mode & 0o777).toString(8);
function make(name: string, mode: number): void {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '');
  fs.chmodSync(file, mode);
}

it('makes files private that an earlier version left readable', () => {
  make('data/longshore.log', 0o644);
  make('data/longshore.log.1', 0o666);
  make('data/agent/container-instance-id', 0o644);
  make('data/postgres/postgres.log', 0o640);
  fs.chmodSync(path.join(root, 'data', 'agent'), 0o755);
  keepPrivate(path.join(root, 'data'), { embeddedPostgres: false });
  expect(
    ['', 'longshore.log', 'longshore.log.1', 'agent', 'agent/container-instance-id', 'postgres/postgres.log'].map(
      (name) => modeOf(path.join('data', name)),
    ),
  ).toEqual(['700', '600', '600', '700', '600', '600']);
});

it('makes later files private', () => {
  keepPrivate(root, { embeddedPostgres: false });
  fs.writeFileSync(path.join(root, 'later'), '');
  fs.mkdirSync(path.join(root, 'folder', 'below'), { recursive: true });
  expect([modeOf('later'), modeOf('folder'), modeOf('folder/below')]).toEqual(['600', '700', '700']);
});

it('follows no link out of the folder', () => {
  make('elsewhere/file', 0o644);
  make('data/file', 0o644);
  fs.symlinkSync(path.join(root, 'elsewhere'), path.join(root, 'data', 'folder'));
  fs.symlinkSync(path.join(root, 'elsewhere', 'file'), path.join(root, 'data', 'link'));
  keepPrivate(path.join(root, 'data'), { embeddedPostgres: false });
  expect(modeOf('elsewhere/file')).toBe('644');
});

it.runIf(process.getuid?.() === 0)('lets the Postgres user pass, if it can reach the folder', () => {
  make('data/postgres/postgres.log', 0o644);
  const data = path.join(root, 'data');
  keepPrivate(data, { embeddedPostgres: true });
  expect(modeOf('data')).toBe('711');
  fs.chmodSync(root, 0o700);
  keepPrivate(data, { embeddedPostgres: true });
  expect(modeOf('data')).toBe('700');
});
