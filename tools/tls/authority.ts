/**
 * Longshore's own certificate authority, in the data folder: it issues the certificate with which the API serves HTTPS
 * where the operator gives none. Clients trust it by its certificate, `tls/ca.pem`.
 */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, X509Certificate as NodeCertificate, type webcrypto } from 'node:crypto';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { SetupError } from '../settings.ts';

/** A chain of certificates and the key of its first, as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Apple's systems trust no server certificate that is good for longer. */
const SERVER_DAYS = 397;
/** A certificate is renewed when less than this part of its life is left. */
const RENEW_BELOW = 1 / 3;
/** Clocks of clients may be a little behind. */
const BACKDATED_MS = 3_600_000;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export const authorityFile = (folder: string): string => path.join(folder, 'ca.pem');

/**
 * Returns a certificate for the names and IP addresses. The kept one, unless it is for other names or near its end: then
 * a new one takes its place. Makes the authority at first use. `folder` is private to its user.
 */
export async function serverCertificate(folder: string, names: readonly string[]): Promise<KeyPair> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = await keptAuthority(folder);
  const [certFile, keyFile] = [path.join(folder, 'server.pem'), path.join(folder, 'server.key')];
  if (fs.existsSync(certFile) && fs.existsSync(keyFile)) {
    const kept = { cert: fs.readFileSync(certFile, 'utf8'), key: fs.readFileSync(keyFile, 'utf8') };
    if (isPair(kept) && isGood(kept.cert, { names, authority: authority.cert })) return kept;
  }
  const made = await issue(authority, names);
  writePrivate(keyFile, made.key);
  writePrivate(certFile, made.cert);
  return made;
}

/** A crash may have left a certificate beside the key of another. */
const isPair = ({ cert, key }: KeyPair): boolean => new NodeCertificate(cert).checkPrivateKey(createPrivateKey(key));

function isGood(cert: string, { names, authority }: { readonly names: readonly string[]; readonly authority: string }) {
  const certificate = new NodeCertificate(cert);
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  const left = (to - Date.now()) / (to - from);
  const covered = names.every((name) =>
    net.isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
  );
  return left > RENEW_BELOW && covered && certificate.checkIssued(new NodeCertificate(authority));
}

async function keptAuthority(folder: string): Promise<KeyPair> {
  const [certFile, keyFile] = [authorityFile(folder), path.join(folder, 'ca.key')];
  if (fs.existsSync(certFile) && fs.existsSync(keyFile)) {
    const kept = { cert: fs.readFileSync(certFile, 'utf8'), key: fs.readFileSync(keyFile, 'utf8') };
    if (isPair(kept)) return kept;
    throw new SetupError(
      `${keyFile} is not the key of ${certFile}. Restore them, or remove both to begin a new authority, which clients must trust anew.`,
    );
  }
  if (fs.existsSync(certFile)) {
    throw new SetupError(
      `${keyFile} is missing. Restore it, or remove ${certFile} to begin a new authority, which clients must trust anew.`,
    );
  }
  // Other processes may begin together with this one: the first key wins, then the first certificate of that key.
  writeFirst(keyFile, await newKey());
  const key = fs.readFileSync(keyFile, 'utf8');
  writeFirst(certFile, await selfSigned(key));
  return { cert: fs.readFileSync(certFile, 'utf8'), key };
}

const period = (days: number): { readonly notBefore: Date; readonly notAfter: Date } => ({
  notBefore: new Date(Date.now() - BACKDATED_MS),
  notAfter: new Date(Date.now() + days * DAY_MS),
});

async function newKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  return pemOfKey(privateKey);
}

/** The authority's certificate, for its key. */
async function selfSigned(key: string): Promise<string> {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const keys = {
    privateKey: await signingKeyOf(key),
    publicKey: await crypto.subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=Longshore of ${new Date().toISOString().slice(0, 10)}`,
    keys,
    ...period(AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(certificate);
}

const signingKeyOf = (key: string): Promise<webcrypto.CryptoKey> =>
  crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(key), ALGORITHM, false, ['sign']);

async function issue(authority: KeyPair, names: readonly string[]): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.cert);
  const signingKey = await signingKeyOf(authority.key);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=Longshore',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    ...period(SERVER_DAYS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((name) => ({ type: net.isIP(name) === 0 ? 'dns' : 'ip', value: name }) as const),
      ),
      await AuthorityKeyIdentifierExtension.create(issuer),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate) + authority.cert, key: await pemOfKey(keys.privateKey) };
}

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** Whole or not at all, and never readable by others. */
function writePrivate(file: string, text: string): void {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, text, { mode: 0o600, flush: true });
  fs.renameSync(mine, file);
}

/** The same, unless there is such a file already: a hard link is atomic, so of several processes one wins. */
function writeFirst(file: string, text: string): void {
  const mine = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(mine, text, { mode: 0o600, flush: true });
    fs.linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}
