/** Brings the schema up to date with numbered SQL files. Each runs once, in order, whichever process comes first. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Database, Queries } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
/** The key of an advisory lock; any constant that nothing else in the database uses. */
const LOCK = 0x10_4e_65;

interface Migration {
  readonly number: number;
  readonly file: string;
}

function listMigrations(): readonly Migration[] {
  const files = readdirSync(FOLDER).filter((file) => /^\d{4}-.+\.sql$/.test(file));
  return files.sort().map((file) => ({ number: Number(file.slice(0, 4)), file }));
}

/** Another version of Longshore wrote the database, and this one cannot read it. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/**
 * Applies the missing files in one transaction. Throws SchemaError if the database is too new or too old for this
 * program.
 */
export async function migrate(db: Database): Promise<void> {
  const migrations = listMigrations();
  const oldest = migrations[0]?.number ?? 0;
  const newest = migrations.at(-1)?.number ?? 0;
  const found = await appliedNumber(db);
  if (found === newest) return;
  if (found > newest)
    throw new SchemaError(
      `The database is of a newer Longshore (its schema has number ${found}, this one knows ${newest}). Use that version or a later one.`,
    );
  if (found > 0 && found < oldest)
    throw new SchemaError(
      `The data is of a Longshore from before 0.1.0 (its schema has number ${found}, this one reads from ${oldest} on), and so are the workflows in Temporal. Delete the services and stop the tasks with that Longshore, then begin with empty data: move the data folder away, or name another one in LONGSHORE_DATA (with servers of your own, an empty database and Temporal namespace).`,
    );
  await db.transaction(async (queries) => {
    await queries.run('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    // First of all: the statement makes the session notice a table that another session has just created.
    await queries.run(
      'CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, file text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const applied = await appliedNumber(queries);
    for (const migration of migrations.filter((candidate) => candidate.number > applied)) {
      await queries.run(readFileSync(new URL(migration.file, FOLDER), 'utf8'));
      await queries.run('INSERT INTO schema_migrations (number, file) VALUES ($1, $2)', [
        migration.number,
        migration.file,
      ]);
    }
  });
}

async function appliedNumber(queries: Queries): Promise<number> {
  const [table] = await queries.rows<{ found: boolean }>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS found",
  );
  if (table?.found !== true) return 0;
  const [row] = await queries.rows<{ number: number }>(
    'SELECT coalesce(max(number), 0) AS number FROM schema_migrations',
  );
  return row?.number ?? 0;
}
