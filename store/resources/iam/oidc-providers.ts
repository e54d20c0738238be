/** OpenID Connect providers. */
import { type Issuer, oidcProviderArn } from '../../../model/iam/oidc.ts';
import { QUOTAS } from '../../../model/iam/quotas.ts';
import { alreadyExists, cannotExceed, noSuchEntity } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import { toJson } from '../../base/storable.ts';
import type { IamTag } from '../../contract/iam.ts';
import type { OidcProviderRecord, OidcProviderStore } from '../../contract/oidc-providers.ts';
import { change } from './change.ts';

export interface OidcProviderRow {
  readonly id: Issuer;
  readonly client_ids: readonly string[];
  readonly thumbprints: readonly string[];
  readonly created_at: number;
  readonly tags: readonly IamTag[];
}

const toRecord = ({ id, client_ids, thumbprints, created_at, tags }: OidcProviderRow): OidcProviderRecord => ({
  ...{ issuer: id, clientIds: client_ids, thumbprints, createdAt: created_at, tags },
});

export const requireOidcProvider =
  (account: string) =>
  async (queries: Queries, issuer: Issuer): Promise<OidcProviderRow> => {
    const [row] = await queries.rows<OidcProviderRow>('SELECT * FROM iam_oidc_providers WHERE id = $1', [issuer]);
    if (!row) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${oidcProviderArn(account, issuer)}`);
    return row;
  };

export function createOidcProviderStore(db: Database, account: string): OidcProviderStore {
  const require = requireOidcProvider(account);
  const setClientIds = (issuer: Issuer, next: (ids: readonly string[]) => readonly string[]): Promise<void> =>
    change(db, async (queries) => {
      const ids = next((await require(queries, issuer)).client_ids);
      if (ids.length > QUOTAS.clientIdsPerProvider) {
        throw cannotExceed('ClientIdsPerOpenIdConnectProvider', QUOTAS.clientIdsPerProvider);
      }
      await queries.run('UPDATE iam_oidc_providers SET client_ids = $2 WHERE id = $1', [issuer, toJson(ids)]);
    });
  return {
    createOidcProvider: ({ issuer, clientIds, thumbprints, createdAt, tags }) =>
      change(db, async (queries) => {
        const rows = await queries.rows<Pick<OidcProviderRow, 'id'>>('SELECT id FROM iam_oidc_providers');
        if (rows.some(({ id }) => id === issuer)) {
          throw alreadyExists(`Provider with url https://${issuer} already exists.`);
        }
        if (rows.length >= QUOTAS.oidcProviders) {
          throw cannotExceed('OpenIdConnectProvidersPerAccount', QUOTAS.oidcProviders);
        }
        await queries.run(
          `INSERT INTO iam_oidc_providers (id, client_ids, thumbprints, created_at, tags) VALUES ($1, $2, $3, $4, $5)`,
          [issuer, toJson(clientIds), toJson(thumbprints), createdAt, toJson(tags)],
        );
      }),
    getOidcProvider: async (issuer) => toRecord(await require(db, issuer)),
    listOidcProviders: async () =>
      (await db.rows<OidcProviderRow>('SELECT * FROM iam_oidc_providers ORDER BY id')).map(toRecord),
    deleteOidcProvider: (issuer) =>
      change(db, async (queries) => {
        await queries.run('DELETE FROM iam_oidc_providers WHERE id = $1', [issuer]);
      }),
    setOidcThumbprints: (issuer, thumbprints) =>
      change(db, async (queries) => {
        await require(queries, issuer);
        await queries.run('UPDATE iam_oidc_providers SET thumbprints = $2 WHERE id = $1', [
          issuer,
          toJson(thumbprints),
        ]);
      }),
    addOidcClientId: (issuer, clientId) => setClientIds(issuer, (ids) => [...new Set([...ids, clientId])]),
    removeOidcClientId: (issuer, clientId) => setClientIds(issuer, (ids) => ids.filter((id) => id !== clientId)),
  };
}
