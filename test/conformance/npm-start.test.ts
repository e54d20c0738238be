/** `npm start` in the background: ending npm by its pid ends Longshore. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { becomes, isAlive } from '../../tools/process.ts';
import { withLongshore } from './support/lifetime.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE_MS = 60_000;
const longshore = withLongshore();

function npmStart(): { readonly npm: ChildProcess; readonly output: () => string } {
  const npm = spawn('npm', ['start'], { cwd: ROOT, env: longshore().environment, detached: true });
  let text = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { npm, output: () => text };
}

it.each(['SIGTERM', 'SIGKILL'] as const)('npm start ends when npm gets %s', async (signal) => {
  await longshore().stop();
  const { npm, output } = npmStart();
  expect(await becomes(() => output().includes('Longshore is ready'), PATIENCE_MS), output()).toBe(true);
  const claim = join(longshore().dataDir, 'longshore.pid');
  const node = Number(readFileSync(claim, 'utf8'));
  expect(node).not.toBe(npm.pid);
  npm.kill(signal);
  expect(await becomes(() => !isAlive(node), PATIENCE_MS)).toBe(true);
  // What it wrote last may be in the pipe still.
  expect(await becomes(() => output().includes('Stopped ('), PATIENCE_MS), output()).toBe(true);
  await longshore().start();
});
