/** Checks that the capacity providers that a cluster will use exist. */
import { EcsError } from '../../model/errors.ts';
import type { Queries } from '../base/database.ts';

/**
 * Locks the ACTIVE ones until the end of the transaction. Throws InvalidParameterException with the first that is not
 * ACTIVE.
 */
export async function requireProviders(queries: Queries, names: readonly string[]): Promise<void> {
  const rows = await queries.rows<{ name: string }>(
    `SELECT name FROM capacity_providers WHERE name = ANY($1) AND status = 'ACTIVE' ORDER BY name FOR SHARE`,
    [names],
  );
  const found = new Set(rows.map((row) => row.name));
  const missing = names.find((name) => !found.has(name));
  if (missing === undefined) return;
  throw new EcsError(
    'InvalidParameterException',
    `The specified capacity provider '${missing}' was not found. Specify a valid name or ARN and try again.`,
  );
}
