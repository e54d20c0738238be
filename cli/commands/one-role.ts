/** What the commands for a single role share: the operator's own servers, and running until a signal. */
import type { TemporalSettings } from '../../model/temporal-settings.ts';
import { createProcessLogger } from '../../tools/logger.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { type ControlPlane, openStore } from '../roles.ts';
import type { Stops } from '../shutdown.ts';

/** A single role does not start the embedded servers, so the operator must say where Temporal is. */
export function requireTemporal(settings: Settings): TemporalSettings {
  if (settings.temporal !== undefined) return settings.temporal;
  throw new SetupError(
    'Set TEMPORAL_ADDRESS (host:port): a single role needs a Temporal server that is already running.',
  );
}

/** Connects to the operator's Postgres and Temporal. */
export async function openControlPlane(settings: Settings, stops: Stops): Promise<ControlPlane> {
  const temporal = requireTemporal(settings);
  if (settings.databaseUrl === undefined) {
    throw new SetupError('Set DATABASE_URL: a single role needs a Postgres server that is already running.');
  }
  const logger = createProcessLogger(settings.logLevel);
  const store = await openStore(settings, settings.databaseUrl);
  stops.add('store', () => store.close());
  return { settings, temporal, store, logger };
}
