/** Seals all that is sealed anew with the newest master key, so that those before it can be thrown away. */
import type { MasterKeys } from '../../model/master-keys.ts';
import { parameterOwner } from '../../model/secrets/parameter.ts';
import { secretOwner } from '../../model/secrets/secret.ts';
import { SEALED_KINDS, type SealedKind, type SealedRow, type SealedStore } from '../../store/contract/sealed.ts';
import { AUTHORITY_OWNER, AUTHORITY_PURPOSE } from '../agent-door/authority.ts';
import { ACCESS_KEYS_PURPOSE } from './access-keys.ts';
import { SECRET_VALUES_PURPOSE } from './sealed-values.ts';
import { Envelopes, Sealer, SealError } from './sealing.ts';

/** So many rows are read at once. */
const BATCH = 100;

/** What became of the rows of one kind that were not sealed with the newest key. */
export interface Rewrapped {
  readonly kind: SealedKind;
  readonly sealedAnew: number;
  /** Rows that none of the keys opens. They stay as they are. */
  readonly unopened: number;
}

interface Kind {
  readonly sealer: { readonly keyId: string; rewrap(sealed: string, owner: string): string };
  readonly ownerOf: (key: SealedRow['key']) => string;
}

const kindsOf = (keys: MasterKeys): Readonly<Record<SealedKind, Kind>> => {
  const values = new Envelopes(keys, SECRET_VALUES_PURPOSE);
  return {
    'access-key': { sealer: new Sealer(keys, ACCESS_KEYS_PURPOSE), ownerOf: ([id]) => id },
    'agent-authority': { sealer: new Sealer(keys, AUTHORITY_PURPOSE), ownerOf: () => AUTHORITY_OWNER },
    'secret-version': { sealer: values, ownerOf: ([arn, id]) => secretOwner(arn, id) },
    'parameter-version': { sealer: values, ownerOf: ([name, version]) => parameterOwner(name, Number(version)) },
  };
};

/**
 * Goes through all rows in batches. Whoever runs it again, after it was stopped or beside itself, seals what is left: what a
 * row holds is replaced only if nobody replaced it meanwhile.
 */
export async function rewrapAll(
  store: SealedStore,
  keys: MasterKeys,
  { batch = BATCH }: { readonly batch?: number } = {},
): Promise<readonly Rewrapped[]> {
  const kinds = kindsOf(keys);
  const done: Rewrapped[] = [];
  for (const kind of SEALED_KINDS) done.push(await rewrapKind(store, { kind, batch, ...kinds[kind] }));
  return done;
}

async function rewrapKind(
  store: SealedStore,
  { kind, batch, sealer, ownerOf }: Kind & { readonly kind: SealedKind; readonly batch: number },
): Promise<Rewrapped> {
  let [sealedAnew, unopened] = [0, 0];
  let after: SealedRow['key'] | undefined;
  for (;;) {
    const rows = await store.listSealedOtherwise(kind, sealer.keyId, {
      limit: batch,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of rows) {
      const sealed = rewrapped(sealer, row.sealed, ownerOf(row.key));
      if (sealed === undefined) unopened++;
      else if (await store.reseal(kind, row, sealed)) sealedAnew++;
    }
    after = rows.at(-1)?.key;
    if (after === undefined || rows.length < batch) return { kind, sealedAnew, unopened };
  }
}

function rewrapped(sealer: Kind['sealer'], sealed: string, owner: string): string | undefined {
  try {
    return sealer.rewrap(sealed, owner);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
