/**
 * Temporal's task tokens as agents see them: with a MAC that names the agent which got the task. Temporal takes a token
 * from whoever has it, so the door hands out none that another agent could use. All api processes derive one key from the
 * master key, so each takes the tokens of the others.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { MasterKeys } from '../../../model/master-keys.ts';

const VERSION = 1;
const MAC_BYTES = 32;
const HEAD_BYTES = 1 + MAC_BYTES;

/** The agent of one container instance. */
export interface TokenHolder {
  readonly clusterName: string;
  readonly containerInstanceId: string;
}

export class TaskTokens {
  /** Of the newest master key, and of those before it: agents hold tokens while a door starts with a new one. */
  readonly #keys: readonly [KeyObject, ...KeyObject[]];

  /** Master keys have 32 bytes. */
  constructor(masterKeys: Buffer | MasterKeys) {
    const [newest, ...earlier]: MasterKeys = Buffer.isBuffer(masterKeys) ? [masterKeys] : masterKeys;
    this.#keys = [derivedFrom(newest), ...earlier.map(derivedFrom)];
  }

  wrap(token: Uint8Array, holder: TokenHolder): Buffer {
    return Buffer.concat([Buffer.of(VERSION), mac(this.#keys[0], token, holder), token]);
  }

  /** Temporal's token. Undefined unless `wrap` made it for the same holder. */
  unwrap(wrapped: Uint8Array, holder: TokenHolder): Buffer | undefined {
    const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
    if (bytes.length <= HEAD_BYTES || bytes[0] !== VERSION) return undefined;
    const token = bytes.subarray(HEAD_BYTES);
    const given = bytes.subarray(1, HEAD_BYTES);
    return this.#keys.some((key) => timingSafeEqual(given, mac(key, token, holder))) ? token : undefined;
  }
}

const derivedFrom = (masterKey: Buffer): KeyObject =>
  createSecretKey(
    Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), 'longshore/agent-task-tokens', MAC_BYTES)),
  );

function mac(key: KeyObject, token: Uint8Array, { clusterName, containerInstanceId }: TokenHolder): Buffer {
  // Neither name has a NUL, so no two holders give the same bytes.
  const named = `${VERSION}\0${clusterName}\0${containerInstanceId}\0`;
  return createHmac('sha256', key).update(named).update(token).digest();
}
