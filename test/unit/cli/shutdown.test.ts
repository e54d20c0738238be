/** A stop signal while a process still starts, in real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('../../../cli/shutdown.ts', import.meta.url));

/** Sends SIGTERM as the start begins, which takes half a second. Resolves to what the process wrote. */
async function stopDuringStart(options: object): Promise<string> {
  const code = `import { runUntilStopped } from ${JSON.stringify(MODULE)};
    await runUntilStopped(async (stops) => {
      console.log('begins');
      await new Promise((resolve) => setTimeout(resolve, 500));
      stops.add('part', async () => console.log('stops'));
    }, ${JSON.stringify(options)});`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    child.kill('SIGTERM');
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect(exitCode).toBe(0);
  return text;
}

it('ends at once what leaves nothing behind', async () => {
  expect(await stopDuringStart({ mayEndWhileStarting: true })).toBe('begins\n');
});

it('waits for the start of anything else, and stops its parts', async () => {
  expect(await stopDuringStart({})).toBe('begins\nstops\n');
});
