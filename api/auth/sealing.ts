/**
 * Seals secrets with keys that are derived from the operator's master key, so that whoever reads the database alone learns
 * none of them. AES-256-GCM; what a secret belongs to is authenticated with it, so one row's secret is no use in another.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed cannot be opened: with another master key, or changed since. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

export class Sealer {
  readonly #key: Buffer;
  /** Tells with which master key something was sealed, without giving the key away. */
  readonly #keyId: string;

  /** `masterKey` has 32 bytes. Each `purpose` has a key of its own. */
  constructor(masterKey: Buffer, purpose: string) {
    if (masterKey.length !== 32) throw new Error('The master key has 32 bytes.');
    this.#key = Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `longshore/${purpose}`, 32));
    this.#keyId = createHash('sha256').update('longshore/key-id').update(masterKey).digest('hex').slice(0, 8);
  }

  /** Returns `KEY-ID.SEALED`, both of URL-safe characters. `owner` names what the secret belongs to. */
  seal(secret: string, owner: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.#keyId}.${sealed.toString('base64url')}`;
  }

  /** Throws SealError. */
  open(text: string, owner: string): string {
    const [keyId = '', body = ''] = text.split('.');
    if (keyId !== this.#keyId) throw new SealError('It was sealed with another master key.');
    const sealed = Buffer.from(body, 'base64url');
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new SealError('It is too short to have been sealed.');
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      throw new SealError('It was changed since it was sealed, or it belongs to something else.');
    }
  }
}
