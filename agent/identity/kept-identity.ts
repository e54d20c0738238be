/**
 * The agent's identity as it is kept in its folder. One file has all of it, so a crash leaves no key beside another key's
 * certificate.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { reservePrivate, writePrivate } from '../../certificates/private-file.ts';
import { defined } from '../../model/defined.ts';

/** A mistake that a person can correct; the message says how. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

const issued = z.object({
  containerInstanceId: z.string().regex(/^[0-9a-f]{32}$/),
  clusterName: z.string().min(1),
  availabilityZone: z.string().min(1).optional(),
  certificate: z.string(),
  expiresAt: z.number(),
});

const kept = issued.extend({
  version: z.literal(1),
  /** The agent door's `host:port`. */
  address: z.string(),
  /** PEM, as the certificate and the authority are. */
  key: z.string(),
  authority: z.string(),
  /** By the agent's own clock, in milliseconds since the epoch. */
  obtainedAt: z.number(),
});

export type KeptIdentity = z.infer<typeof kept>;

export const identityFile = (dataDir: string): string => path.join(dataDir, 'identity.json');

/** The identity that an answer of Join or Renew makes with the key. Throws if the answer is not for this key. */
export function identityFrom(answer: unknown, own: Pick<KeptIdentity, 'address' | 'authority' | 'key'>): KeptIdentity {
  const { availabilityZone, ...rest } = issued.parse(answer);
  const certificate = new X509Certificate(rest.certificate);
  const isOurs =
    certificate.checkPrivateKey(createPrivateKey(own.key)) &&
    certificate.verify(new X509Certificate(own.authority).publicKey);
  if (!isOurs) throw new Error('The control plane answered with a certificate for another key.');
  return { version: 1, ...rest, ...defined({ availabilityZone }), ...own, obtainedAt: Date.now() };
}

/** Undefined if there is none. Throws IdentityError if the file is broken. */
export function readIdentity(dataDir: string): KeptIdentity | undefined {
  const file = identityFile(dataDir);
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    throw new IdentityError(
      `${file} is not an agent's identity. Restore it, or remove it and join again with a new token: longshore token create`,
    );
  }
}

/** More than any identity has. */
const MOST_BYTES = 16 * 1024;

/**
 * Makes sure that an identity can be kept, and holds the room for it: a certificate that cannot be kept is lost, and the control
 * plane gives an instance only so many. Throws if the disk is full or cannot be written.
 */
export function reserveIdentity(dataDir: string): void {
  makeFolder(dataDir);
  reservePrivate(identityFile(dataDir), MOST_BYTES);
}

/** The folder and the file are for this user only. */
const makeFolder = (dataDir: string): unknown => fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });

export function keepIdentity(dataDir: string, identity: KeptIdentity): void {
  makeFolder(dataDir);
  writePrivate(identityFile(dataDir), `${JSON.stringify(identity, undefined, 2)}\n`);
}
