/**
 * Temporal's task tokens as agents see them: with a MAC that names the agent which got the task. Temporal takes a token
 * from whoever has it, so the door hands out none that another agent could use. All api processes derive one key from the
 * master key, so each takes the tokens of the others.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';

const VERSION = 1;
const MAC_BYTES = 32;
const HEAD_BYTES = 1 + MAC_BYTES;

/** The agent of one container instance. */
export interface TokenHolder {
  readonly clusterName: string;
  readonly containerInstanceId: string;
}

export class TaskTokens {
  readonly #key: KeyObject;

  /** `masterKey` has 32 bytes. */
  constructor(masterKey: Buffer) {
    const derived = hkdfSync('sha256', masterKey, Buffer.alloc(0), 'longshore/agent-task-tokens', 32);
    this.#key = createSecretKey(Buffer.from(derived));
  }

  wrap(token: Uint8Array, holder: TokenHolder): Buffer {
    return Buffer.concat([Buffer.of(VERSION), this.#mac(token, holder), token]);
  }

  /** Temporal's token. Undefined unless `wrap` made it for the same holder. */
  unwrap(wrapped: Uint8Array, holder: TokenHolder): Buffer | undefined {
    const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
    if (bytes.length <= HEAD_BYTES || bytes[0] !== VERSION) return undefined;
    const token = bytes.subarray(HEAD_BYTES);
    return timingSafeEqual(bytes.subarray(1, HEAD_BYTES), this.#mac(token, holder)) ? token : undefined;
  }

  #mac(token: Uint8Array, { clusterName, containerInstanceId }: TokenHolder): Buffer {
    // Neither name has a NUL, so no two holders give the same bytes.
    const named = `${VERSION}\0${clusterName}\0${containerInstanceId}\0`;
    return createHmac('sha256', this.#key).update(named).update(token).digest();
  }
}
