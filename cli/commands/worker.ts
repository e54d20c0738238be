/** `longshore worker`: runs only the scheduler, with the operator's own Temporal and Postgres. Any number of workers may run. */
import type { Settings } from '../../tools/settings.ts';
import { startWorkerRole } from '../roles.ts';
import { runUntilStopped } from '../shutdown.ts';
import { openControlPlane } from './one-role.ts';

/** A worker by itself does not know where the APIs listen, so its webhooks do not go to its own machine. */
export const workerSettings = (settings: Settings): Settings => ({
  ...settings,
  webhookAddresses: { ...settings.webhookAddresses, loopback: false },
});

export const run = (settings: Settings): Promise<void> =>
  runUntilStopped(async (stops) => {
    const plane = await openControlPlane(workerSettings(settings), stops);
    const worker = await startWorkerRole(plane);
    stops.add('worker', () => worker.shutdown());
    plane.logger.info('the worker runs');
  });
