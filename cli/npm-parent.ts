/**
 * `npm start` is npm, perhaps a shell, and this process below them. A signal to npm alone ends npm and the shell but does
 * not reach this process, so this process checks whether they are still there.
 */
import { isAlive, commandLine, parentOf } from '../tools/process.ts';

const LOOK_EVERY_MS = 500;
const PACKAGE_MANAGER = /\b(npm|pnpm|yarn|bun)\b/;

/** The processes from this one's parent up to npm. Empty when npm does not run this command. */
export function npmAbove(env: NodeJS.ProcessEnv, command: string | undefined, parent: number): readonly number[] {
  // Everything below an npm script inherits the variable: only the script itself, right below npm, must check.
  if (env['npm_lifecycle_event'] !== command) return [];
  const grandparent = parentOf(parent);
  if (PACKAGE_MANAGER.test(commandLine(parent))) return [parent];
  const viaShell = grandparent !== undefined && PACKAGE_MANAGER.test(commandLine(grandparent));
  return viaShell ? [parent, grandparent] : [];
}

/** Resolves when npm or the shell has ended. Never resolves when npm does not run this command. */
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
