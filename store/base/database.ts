/**
 * Access to Postgres: pooled queries and transactions, and the one place that turns a lost database into an ECS error.
 */
import pg from 'pg';
import { EcsError, isEcsError } from '../../model/errors.ts';
import { storable } from './storable.ts';

/** A query whose text never changes, so that Postgres plans it only once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Queries {
  /** Returns all rows. `Row` names the columns as the statement returns them. */
  rows<Row>(statement: Statement | string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Returns the number of changed rows. */
  run(statement: Statement | string, values?: readonly unknown[]): Promise<number>;
}

export interface Database extends Queries {
  /**
   * Runs `work` in one transaction, and again from the start if Postgres aborted it because of another transaction
   * (deadlock, serialization). So `work` may change nothing but the database.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CONNECT_PATIENCE_MS = 5_000;
const QUERY_PATIENCE_MS = 30_000;
/** A process that freezes in the middle of a transaction must not keep its row locks for longer than this. */
const IDLE_TRANSACTION_LIMIT_MS = 15_000;
const TRANSACTION_ATTEMPTS = 5;
const DEFAULT_POOL_SIZE = 10;

/** Parses bigints as numbers: counts and times fit. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens no connection; the first query does. */
export function openDatabase(connectionString: string, poolSize = DEFAULT_POOL_SIZE): Database {
  const pool = new pg.Pool({
    connectionString,
    max: poolSize,
    types,
    application_name: 'longshore',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
    statement_timeout: QUERY_PATIENCE_MS,
    query_timeout: QUERY_PATIENCE_MS + CONNECT_PATIENCE_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_LIMIT_MS,
  });
  // The pool replaces an idle connection that breaks. The next query learns of a lost database.
  pool.on('error', () => undefined);
  return {
    ...queriesOver(pool),
    transaction: (work) => runTransaction(pool, work),
    close: () => pool.end(),
  };
}

function queriesOver(client: pg.Pool | pg.ClientBase): Queries {
  const send = async (statement: Statement | string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
    const query = typeof statement === 'string' ? { text: statement } : statement;
    try {
      return await client.query({ ...query, values: values.map(storable) });
    } catch (error) {
      throw translate(error);
    }
  };
  return {
    rows: async <Row>(statement: Statement | string, values?: readonly unknown[]) =>
      (await send(statement, values)).rows as Row[],
    run: async (statement, values) => (await send(statement, values)).rowCount ?? 0,
  };
}

/**
 * A database over one connection that runs its calls one after the other, for a simulation, in which nothing may depend
 * on which connection answers first. `setUp` runs at the start. There are no time limits.
 */
export async function openSingleConnection(connectionString: string, setUp: readonly string[]): Promise<Database> {
  const client = new pg.Client({ connectionString, types, application_name: 'longshore' });
  // The next query learns of a lost database.
  client.on('error', () => undefined);
  await client.connect();
  const queries = queriesOver(client);
  for (const statement of setUp) await queries.run(statement);
  return {
    ...queries,
    async transaction(work) {
      await queries.run('BEGIN');
      try {
        const result = await work(queries);
        await queries.run('COMMIT');
        return result;
      } catch (error) {
        await queries.run('ROLLBACK');
        throw error;
      }
    },
    close: () => client.end(),
  };
}

async function runTransaction<T>(pool: pg.Pool, work: (queries: Queries) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(pool, work);
    } catch (error) {
      if (attempt === TRANSACTION_ATTEMPTS || !isUndone(error)) throw error;
    }
  }
}

async function attemptTransaction<T>(pool: pg.Pool, work: (queries: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translate(error);
  });
  // While a client is checked out, its errors come here; the query under way fails with them.
  const onError = (): undefined => undefined;
  client.on('error', onError);
  const queries = queriesOver(client);
  let broken = false;
  try {
    await queries.run('BEGIN');
    const result = await work(queries);
    await queries.run('COMMIT');
    return result;
  } catch (error) {
    broken = await queries.run('ROLLBACK').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

const errorCode = (error: unknown): string => (error as { code?: unknown } | undefined)?.code?.toString() ?? '';

/** Serialization failure, or deadlock. */
const isUndone = (error: unknown): boolean => ['40001', '40P01'].includes(errorCode(error));

const LOST_CODES =
  /^(08...|57P0.|53300|53400|57014|25P03|55P03|28...|3D000|ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)$/;
const DISK_FULL = '53100';
const LOST_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable|Cannot use a pool after calling end/;

/**
 * Errors that a repetition cannot cure: a value that its column cannot hold (class 22), a missing or forbidden one, and
 * one that is too large or too deep for Postgres.
 */
const UNSTORABLE_CODES = /^(22...|23502|23514|5400.|5401.|5402.)$/;

/** The caller's error if the database is out of reach or cannot hold a value. Other errors stay as they are. */
function translate(error: unknown): unknown {
  if (isEcsError(error) || !(error instanceof Error)) return error;
  if (UNSTORABLE_CODES.test(errorCode(error))) {
    return new EcsError(
      'InvalidParameterException',
      `The store cannot hold a value of this request: ${error.message}.`,
    );
  }
  if (errorCode(error) === DISK_FULL) {
    return new EcsError(
      'ServiceUnavailable',
      `The database has no room on its disk (${error.message}). Nothing was changed that was not confirmed; free some, then try again.`,
    );
  }
  if (!LOST_CODES.test(errorCode(error)) && !LOST_MESSAGES.test(error.message)) return error;
  return new EcsError(
    'ServiceUnavailable',
    `The database is out of reach (${error.message || errorCode(error)}). Nothing was changed that was not confirmed; try again in a moment.`,
  );
}
