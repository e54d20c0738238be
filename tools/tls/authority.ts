/**
 * Longshore's own certificate authority, in the data folder: it issues the certificate with which the API serves HTTPS
 * where the operator gives none. Clients trust it by its certificate, `tls/ca.pem`.
 */
import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { ExtendedKeyUsage, issuePair, type KeyPair, makeAuthority, periodOf } from '../../certificates/issue.ts';
import { keyAsPem, keysFromPem, newKeys } from '../../certificates/keys.ts';
import { writePrivate } from '../../certificates/private-file.ts';
import { SetupError } from '../settings.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Apple's systems trust no server certificate that is good for longer. */
const SERVER_DAYS = 397;
/** A certificate is renewed when less than this part of its life is left. */
const RENEW_BELOW = 1 / 3;

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
const isPair = ({ cert, key }: KeyPair): boolean => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));

function isGood(cert: string, { names, authority }: { readonly names: readonly string[]; readonly authority: string }) {
  const certificate = new X509Certificate(cert);
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  const left = (to - Date.now()) / (to - from);
  const covered = names.every((name) =>
    net.isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
  );
  return left > RENEW_BELOW && covered && certificate.checkIssued(new X509Certificate(authority));
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
  const { privateKey } = await newKeys();
  writeFirst(keyFile, await keyAsPem(privateKey));
  const key = fs.readFileSync(keyFile, 'utf8');
  const { cert } = await makeOwn(await keysFromPem(key));
  writeFirst(certFile, cert);
  return { cert: fs.readFileSync(certFile, 'utf8'), key };
}

const makeOwn = (keys: webcrypto.CryptoKeyPair): Promise<KeyPair> =>
  makeAuthority(`Longshore of ${new Date().toISOString().slice(0, 10)}`, periodOf(AUTHORITY_DAYS * DAY_MS), keys);

const issue = (authority: KeyPair, names: readonly string[]): Promise<KeyPair> =>
  issuePair(authority, {
    commonName: 'Longshore',
    names,
    usage: ExtendedKeyUsage.serverAuth,
    period: periodOf(SERVER_DAYS * DAY_MS),
  });

/** Unless there is such a file already: a hard link is atomic, so of several processes one wins. */
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
