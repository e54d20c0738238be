/** Temporal's runtime in the bench's own process: all its workers share it, and it logs only errors. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

let isInstalled = false;

/** Must run before the first worker; a second call does nothing. The bench stops its workers itself. */
export function installQuietRuntime(): void {
  if (isInstalled) return;
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  isInstalled = true;
}
