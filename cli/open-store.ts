/** Opens the database of the settings for commands that work where Longshore's data is. */
import * as path from 'node:path';
import { isEcsError } from '../model/errors.ts';
import type { Store } from '../store/contract/store.ts';
import { embeddedDatabaseUrl } from '../tools/embedded/postgres.ts';
import { type Settings, SetupError } from '../tools/settings.ts';

/** The database must run. Throws SetupError with what to do. */
export async function openLocalStore(settings: Settings): Promise<Store> {
  const { dataDir, embeddedPorts, databaseUrl, partition } = settings;
  const port = embeddedPorts.postgres;
  const connectionString = databaseUrl ?? embeddedDatabaseUrl({ dataDir: path.join(dataDir, 'postgres'), port });
  const start = `Start Longshore first (longshore start), with the same LONGSHORE_DATA (${dataDir}).`;
  if (connectionString === undefined) throw new SetupError(`There is no database in the data folder. ${start}`);
  const { openStore } = await import('../store/index.ts');
  return openStore({ connectionString, partition }).catch((error: unknown) => {
    if (isEcsError(error)) throw new SetupError(`The database does not answer. ${start}`);
    throw error;
  });
}
