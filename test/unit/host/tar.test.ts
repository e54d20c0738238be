/** Tar archives. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tarArchive } from '../../../activities/host/runtime/tar.ts';

it('writes an archive that tar unpacks: folders, files of any size, links, modes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-tar-'));
  const large = Buffer.alloc(5_000, 'x');
  const archive = tarArchive([
    { kind: 'folder', path: 'bin', mode: 0o750 },
    { kind: 'file', path: 'bin/tool', content: large },
    { kind: 'file', path: 'empty', content: Buffer.alloc(0), mode: 0o600 },
    { kind: 'link', path: 'bin/alias', target: 'tool' },
  ]);
  writeFileSync(join(folder, 'a.tar'), archive);
  execFileSync('tar', ['-xpf', 'a.tar'], { cwd: folder });
  expect(readFileSync(join(folder, 'bin/tool'))).toEqual(large);
  expect(statSync(join(folder, 'empty')).size).toBe(0);
  expect(statSync(join(folder, 'empty')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'bin')).mode & 0o777).toBe(0o750);
  expect(readlinkSync(join(folder, 'bin/alias'))).toBe('tool');
});

it('refuses a path that does not fit its header', () => {
  expect(() => tarArchive([{ kind: 'folder', path: 'x'.repeat(101) }])).toThrow('Too long');
});
