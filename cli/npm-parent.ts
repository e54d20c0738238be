/**
 * `npm start` is npm, perhaps a shell, and this process below it. A signal to npm alone ends npm and the shell, but is not
 * passed on: so this process looks whether they are still there.
 */
import { isAlive, commandLine, parentOf } from '../tools/process.ts';

const LOOK_EVERY_MS = 500;
const PACKAGE_MANAGER = /\b(npm|pnpm|yarn|bun)\b/;

/** The processes from this one's parent up to npm; none when npm does not run this command. */
export function npmAbove(env: NodeJS.ProcessEnv, command: string | undefined, parent: number): readonly number[] {
  // Set for everything below an npm script: only this very script must look, and only where npm is right above it.
  if (env['npm_lifecycle_event'] !== command) return [];
  const grandparent = parentOf(parent);
  if (PACKAGE_MANAGER.test(commandLine(parent))) return [parent];
  const viaShell = grandparent !== undefined && PACKAGE_MANAGER.test(commandLine(grandparent));
  return viaShell ? [parent, grandparent] : [];
}

/** Resolves when npm, or the shell between, has ended; never where npm does not run this command. */
export function npmEnds(): Promise<void> {
  const above = npmAbove(process.env, process.argv[2], process.ppid);
  if (above.length === 0) return new Promise(() => undefined);
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === above[0] && above.every(isAlive)) return;
      clearInterval(timer);
      resolve();
    }, LOOK_EVERY_MS);
    timer.unref();
  });
}
