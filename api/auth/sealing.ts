/**
 * Seals secrets with keys that are derived from the operator's master key, so that whoever reads the database alone learns
 * none of them. AES-256-GCM; what a secret belongs to is authenticated with it, so one row's secret is no use in another.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { MasterKeys } from '../../model/master-keys.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed cannot be opened: with another master key, or changed since. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Tells with which master key something was sealed, without giving the key away. */
const keyIdOf = (masterKey: Buffer): string =>
  createHash('sha256').update('longshore/key-id').update(masterKey).digest('hex').slice(0, 8);

export class Sealer {
  /** By the master key's id. */
  readonly #keys: ReadonlyMap<string, Buffer>;
  /** The id of the newest master key: what is sealed begins with it and a dot. */
  readonly keyId: string;

  /** One master key, or several. Each `purpose` has a key of its own. */
  constructor(masterKeys: Buffer | MasterKeys, purpose: string) {
    const given: MasterKeys = Buffer.isBuffer(masterKeys) ? [masterKeys] : masterKeys;
    if (given.some((key) => key.length !== KEY_BYTES)) throw new Error('The master key has 32 bytes.');
    this.#keys = new Map(
      given.map((key) => [
        keyIdOf(key),
        Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `longshore/${purpose}`, KEY_BYTES)),
      ]),
    );
    this.keyId = keyIdOf(given[0]);
  }

  /** Returns `KEY-ID.SEALED`, both of URL-safe characters. `owner` names what the secret belongs to. */
  seal(secret: string, owner: string): string {
    return `${this.keyId}.${encrypt(this.#key(this.keyId), secret, owner).toString('base64url')}`;
  }

  /** Throws SealError. */
  open(text: string, owner: string): string {
    const [keyId = '', body = ''] = text.split('.');
    return decrypt(this.#key(keyId), Buffer.from(body, 'base64url'), owner);
  }

  /** What was sealed, sealed anew with the newest master key. Throws SealError. */
  rewrap(text: string, owner: string): string {
    return this.seal(this.open(text, owner), owner);
  }

  #key(keyId: string): Buffer {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new SealError('It was sealed with another master key.');
    return key;
  }
}

/**
 * Seals each value with a key of its own, and that key with the master key: so a new master key does not touch the values, and
 * no key seals many of them.
 */
export class Envelopes {
  readonly #sealer: Sealer;

  constructor(masterKeys: Buffer | MasterKeys, purpose: string) {
    this.#sealer = new Sealer(masterKeys, purpose);
  }

  get keyId(): string {
    return this.#sealer.keyId;
  }

  /** Returns `KEY-ID.SEALED-KEY.SEALED-VALUE`. `owner` names what the value belongs to. */
  seal(value: string, owner: string): string {
    const key = randomBytes(KEY_BYTES);
    const sealedKey = this.#sealer.seal(key.toString('base64url'), owner);
    return `${sealedKey}.${encrypt(key, value, owner).toString('base64url')}`;
  }

  /** Throws SealError. */
  open(text: string, owner: string): string {
    const { sealedKey, body } = parts(text);
    const key = Buffer.from(this.#sealer.open(sealedKey, owner), 'base64url');
    return decrypt(key, Buffer.from(body, 'base64url'), owner);
  }

  /** The same value, its key sealed anew with the newest master key. Throws SealError. */
  rewrap(text: string, owner: string): string {
    const { sealedKey, body } = parts(text);
    return `${this.#sealer.rewrap(sealedKey, owner)}.${body}`;
  }
}

function parts(text: string): { readonly sealedKey: string; readonly body: string } {
  const dot = text.lastIndexOf('.');
  return { sealedKey: text.slice(0, Math.max(0, dot)), body: text.slice(dot + 1) };
}

function encrypt(key: Buffer, text: string, owner: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(owner));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, owner: string): string {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new SealError('It is too short to have been sealed.');
  try {
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(owner))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    throw new SealError('It was changed since it was sealed, or it belongs to something else.');
  }
}
