/** The program of the pause container. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pauseArchive, pauseProgram } from '../../../activities/host/runtime/pause-image.ts';

describe('the pause program', () => {
  it.each([
    ['x86_64', 62, 'b80d000000bf11000000488d3513000000'],
    ['aarch64', 183, 'c81080d2200280d2'],
  ])('%s: an ELF program whose entry is its code', (architecture, machine, start) => {
    const elf = pauseProgram(architecture)!;
    expect(elf.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(elf.readUInt16LE(18)).toBe(machine);
    expect(elf.readBigUInt64LE(24)).toBe(0x400078n);
    expect(elf.readBigUInt64LE(0x40 + 32)).toBe(BigInt(elf.length));
    expect(elf.subarray(0x78).toString('hex').startsWith(start)).toBe(true);
  });

  it('aarch64: points at its structure', () => {
    const code = pauseProgram('aarch64')!.subarray(0x78);
    const adr = code.readUInt32LE(8);
    const offset = (((adr >>> 5) & 0x7ffff) << 2) | ((adr >>> 29) & 3);
    expect(code.subarray(8 + offset).toString('hex')).toBe(`01${'00'.repeat(31)}`);
    // The branch goes back to the first of the seven instructions of the loop.
    expect((code.readInt32LE(48) << 6) >> 6).toBe(-6);
  });

  it('does not exist for other machines', () => {
    expect(pauseProgram('riscv64')).toBeUndefined();
  });

  it.runIf(process.arch === 'x64' && process.platform === 'linux')('sleeps until it is killed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pause-'));
    try {
      const path = join(directory, 'pause');
      writeFileSync(path, pauseProgram('x86_64')!, { mode: 0o755 });
      const child = spawn(path);
      const ended = new Promise<string | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
      const asleep = await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('asleep'), 200))]);
      expect(asleep).toBe('asleep');
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is packed as a valid tar', () => {
    const archive = pauseArchive(Buffer.from('content'));
    expect(execFileSync('tar', ['-tvf', '-'], { input: archive }).toString()).toMatch(
      /^-rwxr-xr-x 0\/0\s+7 .* pause\n$/,
    );
    expect(execFileSync('tar', ['-xOf', '-', 'pause'], { input: archive }).toString()).toBe('content');
  });
});
