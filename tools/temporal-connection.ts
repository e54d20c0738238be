/** A client connection to Temporal for the command line, set-up and tests. Roles connect for themselves from the same options. */
import { Client, Connection } from '@temporalio/client';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { temporalConnectionOptions } from '../model/temporal-settings.ts';

/** Connects at once; throws when Temporal does not answer within the time (default 10 s). Close `client.connection` after use. */
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
