/**
 * A Postgres database for each run: empty, with the current schema, and with the simulation's clock and random numbers.
 */
import pg from 'pg';
import { openDatabase, openSingleConnection, type Database } from '../../store/base/database.ts';
import { migrate } from '../../store/base/migrate.ts';

const TEMPLATE = 'longshore_simulation_template';
const RUN = 'longshore_simulation';

/**
 * In SQL, now() and random() are the server's own unless an earlier schema in the search path defines them. Autovacuum
 * is off: it would move rows in real time, and so change the order of rows that a query does not sort.
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
  /** Sets what SQL takes for now until the next call. */
  setNow(at: number): Promise<void>;
  close(): Promise<void>;
}

export interface SimulationDatabases {
  /** `dice`: a number in [0, 1) that seeds random() in SQL. The database of an earlier run is dropped. */
  open(dice: number): Promise<SimulationDatabase>;
}

const inDatabase = (connectionString: string, name: string): string => {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.toString();
};

/** Prepares the template once. The server must belong to the simulation alone. */
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
          // Only whole seconds, because each change costs one more call.
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
