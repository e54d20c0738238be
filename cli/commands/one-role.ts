/** What the commands for one role alone have in common: the operator's own servers, and running until told to stop. */
import type { TemporalSettings } from '../../model/temporal-settings.ts';
import { createProcessLogger } from '../../tools/logger.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { type ControlPlane, openStore } from '../roles.ts';
import { awaitStopSignal, Stops } from '../shutdown.ts';

/** Of a role alone the embedded servers are no part: it must be told where Temporal is. */
export function requireTemporal(settings: Settings): TemporalSettings {
  if (settings.temporal !== undefined) return settings.temporal;
  throw new SetupError('Set TEMPORAL_ADDRESS (host:port): a role alone works with a Temporal that runs elsewhere.');
}

/** The store and Temporal of the operator's own. */
export async function openControlPlane(settings: Settings, stops: Stops): Promise<ControlPlane> {
  const temporal = requireTemporal(settings);
  if (settings.databaseUrl === undefined) {
    throw new SetupError('Set DATABASE_URL: a role alone works with a Postgres that runs elsewhere.');
  }
  const logger = createProcessLogger(settings.logLevel);
  const store = await openStore(settings, settings.databaseUrl);
  stops.add('store', () => store.close());
  return { settings, temporal, store, logger };
}

/** Starts, then runs until a signal; stops in order. */
export async function runUntilStopped(start: (stops: Stops) => Promise<void>): Promise<void> {
  const stops = new Stops();
  const stopSignal = awaitStopSignal();
  await start(stops);
  await stopSignal;
  await stops.run((name, error) => process.stderr.write(`${name} did not stop cleanly: ${String(error)}\n`));
  process.exit(0);
}
