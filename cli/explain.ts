/** What a command says when it fails, and that it goes on when nobody reads it. */
import { InstanceRefused } from '../model/agent-calls.ts';
import { explainSystemError } from '../tools/system-error.ts';
import { SetupError } from '../tools/settings.ts';

/**
 * The reader of the output may have gone, and its disk may be full: servers go on without a terminal. Any other command
 * ends with its reader.
 */
export function outliveOutput({ isServer }: { readonly isServer: boolean }): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !isServer) process.exit(0);
  });
}

/** For the person at the terminal: the stack trace only of what nobody foresaw. */
export function explain(error: unknown): string {
  if (error instanceof SetupError || error instanceof InstanceRefused) return error.message;
  const refused = explainSystemError(error);
  if (refused !== undefined) return refused;
  if (!(error instanceof Error)) return String(error);
  // Nobody foresaw this error: the stack trace helps whoever debugs it.
  return error.stack ?? error.message;
}
