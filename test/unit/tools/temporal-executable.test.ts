/** Where the Temporal executable comes from. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  firstAvailable,
  temporalExecutable,
  type TemporalSource,
} from '../../../tools/embedded/temporal-executable.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'longshore-temporal-source-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(root, { recursive: true, force: true });
});

/** Records the names of the sources in the order in which they were asked. */
function sources(open: Readonly<Record<string, boolean>>): {
  readonly all: TemporalSource[];
  readonly asked: string[];
} {
  const asked: string[] = [];
  const all = Object.entries(open).map(([folder, isOpen]) => ({
    folder,
    fetch: (_folder: string, target: string): Promise<boolean> => {
      asked.push(folder);
      if (isOpen) fs.writeFileSync(target, folder);
      return Promise.resolve(isOpen);
    },
  }));
  return { all, asked };
}

describe('which Temporal is taken', () => {
  it('is the one from the first source that works, and no later source is asked', async () => {
    const { all, asked } = sources({ download: false, wheel: true, module: true });
    await expect(firstAvailable(all, root)).resolves.toBe(path.join(root, 'wheel', 'temporal'));
    expect(asked).toEqual(['download', 'wheel']);
  });

  it('is a cached one from any source, without asking earlier sources again', async () => {
    await firstAvailable(sources({ download: false, wheel: true, module: true }).all, root);
    const { all, asked } = sources({ download: true, wheel: true, module: true });
    await expect(firstAvailable(all, root)).resolves.toBe(path.join(root, 'wheel', 'temporal'));
    expect(asked).toEqual([]);
  });

  it('is not one that an earlier version was pinned to', async () => {
    await firstAvailable(sources({ 'wheel-1': true }).all, root);
    await expect(firstAvailable(sources({ 'wheel-2': true }).all, root)).resolves.toContain('wheel-2');
  });

  it('is first of all the one on PATH', async () => {
    const program = path.join(root, 'temporal');
    fs.writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    vi.stubEnv('PATH', root);
    await expect(temporalExecutable(root)).resolves.toBe(program);
  });

  it('does not exist if no source works, and the error says what to do', async () => {
    const { all } = sources({ download: false, wheel: false, module: false });
    await expect(firstAvailable(all, root)).rejects.toThrow(/on PATH[^]*pip[^]*Go 1\.\d+[^]*TEMPORAL_ADDRESS/);
  });
});
