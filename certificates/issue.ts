/** Makes X.509 certificates on P-256 keys: authorities, and what they issue. Knows nothing of what they are for. */
import 'reflect-metadata';
import { isIP } from 'node:net';
import type { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { ALGORITHM, keyAsPem, newKeys } from './keys.ts';

export { ExtendedKeyUsage } from '@peculiar/x509';

/** A chain of certificates and the key of its first, as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Clocks of clients may be a little behind. */
const BACKDATED_MS = 3_600_000;

/** From now on for so many milliseconds. */
export const periodOf = (ms: number, now = Date.now()): Period => ({
  notBefore: new Date(now - BACKDATED_MS),
  notAfter: new Date(now + ms),
});

/** An authority that issues to servers and clients and has no authorities below it. */
export async function makeAuthority(
  commonName: string,
  period: Period,
  keys?: webcrypto.CryptoKeyPair,
): Promise<KeyPair> {
  const { privateKey, publicKey } = keys ?? (await newKeys());
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys: { privateKey, publicKey },
    ...period,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { cert: pem(certificate), key: await keyAsPem(privateKey) };
}

export interface Issued {
  readonly commonName: string;
  readonly organizationalUnit?: string;
  /** Host names, IP addresses, and URIs, which have a scheme. */
  readonly names: readonly string[];
  readonly usage: ExtendedKeyUsage;
  readonly period: Period;
  /** Hexadecimal digits, without a zero in front. Absent: drawn. */
  readonly serial?: string;
}

/** A certificate for the key, signed by the authority: a chain as PEM, the authority's certificate last. */
export async function issueFor(
  authority: KeyPair,
  publicKey: webcrypto.CryptoKey,
  { commonName, organizationalUnit, names, usage, period, serial }: Issued,
): Promise<string> {
  const issuer = new X509Certificate(authority.cert);
  const pkcs8 = PemConverter.decodeFirst(authority.key);
  const certificate = await X509CertificateGenerator.create({
    subject: [...(organizationalUnit === undefined ? [] : [{ OU: [organizationalUnit] }]), { CN: [commonName] }],
    issuer: issuer.subjectName,
    publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']),
    ...period,
    ...(serial === undefined ? {} : { serialNumber: serial }),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: kindOf(value), value }))),
      await AuthorityKeyIdentifierExtension.create(issuer),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return pem(certificate) + authority.cert;
}

/** A new key with a certificate of the authority for it. */
export async function issuePair(authority: KeyPair, issued: Issued): Promise<KeyPair> {
  const keys = await newKeys();
  return { cert: await issueFor(authority, keys.publicKey, issued), key: await keyAsPem(keys.privateKey) };
}

function kindOf(name: string): 'ip' | 'url' | 'dns' {
  if (isIP(name) !== 0) return 'ip';
  return /^[a-z]+:/.test(name) ? 'url' : 'dns';
}

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;
