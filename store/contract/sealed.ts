/** All that is sealed in the database, for sealing it anew after a new master key. */

export const SEALED_KINDS = ['access-key', 'agent-authority', 'secret-version', 'parameter-version'] as const;
export type SealedKind = (typeof SEALED_KINDS)[number];

/** A row of which something is sealed. */
export interface SealedRow {
  /** Its key: an access key's id; nothing for the authority; a secret's ARN and a version's id; a parameter's name and a version. */
  readonly key: readonly [string, string];
  readonly sealed: string;
}

export interface SealedStore {
  /** Rows that were sealed with another master key than that with the id, in the order of their keys; at most `limit`. */
  listSealedOtherwise(
    kind: SealedKind,
    keyId: string,
    page: { readonly limit: number; readonly after?: SealedRow['key'] },
  ): Promise<readonly SealedRow[]>;
  /** Returns false, and changes nothing, if the row holds something else by now. */
  reseal(kind: SealedKind, row: SealedRow, sealed: string): Promise<boolean>;
}
