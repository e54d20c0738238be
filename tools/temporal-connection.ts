/** A client connection to Temporal for commands, set-up and tests. The roles make their own connections from the same options. */
import { Client, Connection } from '@temporalio/client';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { temporalConnectionOptions } from '../model/temporal-settings.ts';

/** Throws when Temporal does not answer within the time (default 10 s). The caller closes `client.connection` after use. */
export async function connectTemporal(
  settings: TemporalSettings,
  timeoutMs = 10_000,
): Promise<Client & { connection: Connection }> {
  const connection = await Connection.connect({
    ...temporalConnectionOptions(settings),
    connectTimeout: timeoutMs,
  });
  return Object.assign(new Client({ connection, namespace: settings.namespace }), { connection });
}
