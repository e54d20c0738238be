/**
 * Temporary credentials. A session token is sealed and holds all there is to know of its session, so that any api process
 * verifies it without a record of it.
 */
import { z } from 'zod';
import type { MasterKeys } from '../../model/master-keys.ts';
import { newSecret, uniqueId } from './access-keys.ts';
import { expiredToken, unknownCaller } from './refusals.ts';
import { Sealer, SealError } from './sealing.ts';

const tags = z.record(z.string(), z.string());
const policy = z.object({ name: z.string(), document: z.string() });

const schema = z.object({
  version: z.literal(1),
  /** The secret with which the session's requests are signed. */
  secret: z.string(),
  /** Milliseconds since the epoch. */
  issuedAt: z.number(),
  expiresAt: z.number(),
  of: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('root'), temporary: z.literal(true) }),
    z.object({ kind: z.literal('user'), name: z.string(), id: z.string() }),
    z.object({
      kind: z.literal('role'),
      name: z.string(),
      /** A role that was deleted and made again has another id, so its old sessions end. */
      id: z.string(),
      sessionName: z.string(),
      /** Beside the role's own. */
      tags,
      /** The keys of tags that the sessions keep which this session begins. */
      transitiveKeys: z.array(z.string()),
      sourceIdentity: z.string().optional(),
      /** The session's own policies. If there are any, one of them must allow. */
      policies: z.array(policy).optional(),
      /** Who began it with a token of an issuer: the provider's ARN, and the condition keys that stay with the session. */
      webIdentity: z
        .object({ provider: z.string(), keys: z.record(z.string(), z.union([z.string(), z.array(z.string())])) })
        .optional(),
    }),
  ]),
});

export type Session = z.infer<typeof schema>;
export type RoleSession = Extract<Session['of'], { readonly kind: 'role' }>;

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: number;
}

/** `ASIA…`: the ids of temporary keys, which say nothing without their token. */
export const isTemporaryKey = (accessKeyId: string): boolean => accessKeyId.startsWith('ASIA');

export class SessionTokens {
  readonly #sealer: Sealer;

  constructor(masterKeys: Buffer | MasterKeys) {
    this.#sealer = new Sealer(masterKeys, 'session-tokens');
  }

  /** Credentials for a session of the root, user or role. */
  issue(of: Session['of'], { now, seconds }: { readonly now: number; readonly seconds: number }): TemporaryCredentials {
    const accessKeyId = uniqueId('ASIA', 16);
    const secretAccessKey = newSecret();
    const expiresAt = now + seconds * 1000;
    const session: Session = { version: 1, secret: secretAccessKey, issuedAt: now, expiresAt, of };
    return {
      accessKeyId,
      secretAccessKey,
      sessionToken: this.#sealer.seal(JSON.stringify(session), accessKeyId),
      expiresAt,
    };
  }

  /** The session of a token. Throws UnrecognizedClientException or ExpiredTokenException. */
  open(sessionToken: string, accessKeyId: string, now: number): Session {
    const session = this.#unsealed(sessionToken, accessKeyId);
    if (session.expiresAt <= now) throw expiredToken();
    return session;
  }

  #unsealed(sessionToken: string, accessKeyId: string): Session {
    try {
      return schema.parse(JSON.parse(this.#sealer.open(sessionToken, accessKeyId)));
    } catch (error) {
      if (error instanceof SealError) throw unknownCaller();
      throw error;
    }
  }
}
