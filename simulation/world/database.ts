/** A Postgres database for each run: empty, with the schema of today, and with the clock and the dice of the simulation. */
import pg from 'pg';
import { openDatabase, openSingleConnection, type Database } from '../../store/base/database.ts';
import { migrate } from '../../store/base/migrate.ts';

const TEMPLATE = 'longshore_simulation_template';
const RUN = 'longshore_simulation';

/**
 * now() and random() in SQL are the server's own, unless a schema that comes before theirs has some. Autovacuum would
 * move rows about in real time, and with them the order of what nobody sorts.
 */
const PREPARE = `
  CREATE SCHEMA simulation;
  CREATE FUNCTION simulation.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT pg_catalog.to_timestamp(pg_catalog.current_setting('simulation.now')::float8 / 1000) $$;
  DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('ALTER TABLE public.%I SET (autovacuum_enabled = off)', t);
    END LOOP;
  END $$;`;

export interface SimulationDatabase {
  readonly db: Database;
  /** What SQL takes for now, from here on. */
  setNow(at: number): Promise<void>;
  close(): Promise<void>;
}

export interface SimulationDatabases {
  /** `dice`: in [0, 1), where random() in SQL starts. An earlier run's database is gone with it. */
  open(dice: number): Promise<SimulationDatabase>;
}

const inDatabase = (connectionString: string, name: string): string => {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.toString();
};

/** Prepares the template once; the server is the simulation's own. */
export async function createSimulationDatabases(connectionString: string): Promise<SimulationDatabases> {
  await onServer(connectionString, [`DROP DATABASE IF EXISTS ${TEMPLATE} (FORCE)`, `CREATE DATABASE ${TEMPLATE}`]);
  const template = openDatabase(inDatabase(connectionString, TEMPLATE), 1);
  await migrate(template);
  await template.run(PREPARE);
  await template.close();
  return {
    async open(dice) {
      await onServer(connectionString, [
        `DROP DATABASE IF EXISTS ${RUN} (FORCE)`,
        `CREATE DATABASE ${RUN} TEMPLATE ${TEMPLATE}`,
      ]);
      const db = await openSingleConnection(inDatabase(connectionString, RUN), [
        'SET search_path = simulation, pg_catalog, public',
        'SET synchronous_commit = off',
        `SELECT setseed(${dice})`,
      ]);
      let set = 0;
      return {
        db,
        async setNow(time) {
          // By the second: each change is one more call.
          const at = Math.floor(time / 1000) * 1000;
          if (at === set) return;
          set = at;
          await db.run({ name: 'simulation-now', text: `SELECT set_config('simulation.now', $1, false)` }, [
            String(at),
          ]);
        },
        close: () => db.close(),
      };
    },
  };
}

async function onServer(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
