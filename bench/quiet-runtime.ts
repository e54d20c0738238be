/** Temporal's runtime of the bench's own process: one for all its workers, and only errors are logged. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

let isInstalled = false;

/** Before the first worker; again does nothing. The bench stops its workers itself. */
export function installQuietRuntime(): void {
  if (isInstalled) return;
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  isInstalled = true;
}
