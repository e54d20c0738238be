/** Makes access keys in AWS's form, and opens their sealed secrets. */
import { randomBytes } from 'node:crypto';
import type { AccessKey } from '../../model/access-key.ts';
import type { MasterKeys } from '../../model/master-keys.ts';
import { Sealer } from './sealing.ts';

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** AWS's secrets have 40 characters of base64. */
const SECRET_BYTES = 30;

/** The purpose of the keys that seal them. */
export const ACCESS_KEYS_PURPOSE = 'access-keys';

export interface MadeKey {
  readonly key: AccessKey;
  /** Shown once, to whoever made the key. */
  readonly secretAccessKey: string;
}

/** A unique id as IAM has them: a prefix such as `AIDA`, and `length` characters of base 32. */
export const uniqueId = (prefix: string, length: number): string =>
  prefix + [...randomBytes(length)].map((byte) => BASE_32.charAt(byte % BASE_32.length)).join('');

/** A secret with which requests are signed. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64');

/** Seals and opens the secrets of access keys. */
export class AccessKeySecrets {
  readonly #sealer: Sealer;

  constructor(masterKeys: Buffer | MasterKeys) {
    this.#sealer = new Sealer(masterKeys, ACCESS_KEYS_PURPOSE);
  }

  /** A new Active key of the user, or of root. The caller stores it. */
  make(userName: string | undefined, now: number): MadeKey {
    const accessKeyId = uniqueId('AKIA', 16);
    const secretAccessKey = newSecret();
    const sealedSecret = this.#sealer.seal(secretAccessKey, accessKeyId);
    const owner = userName === undefined ? {} : { userName };
    return { key: { accessKeyId, ...owner, sealedSecret, status: 'Active', createdAt: now }, secretAccessKey };
  }

  /** Throws SealError. */
  open({ accessKeyId, sealedSecret }: Pick<AccessKey, 'accessKeyId' | 'sealedSecret'>): string {
    return this.#sealer.open(sealedSecret, accessKeyId);
  }
}
