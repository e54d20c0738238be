/** P-256 keys, and the requests by which their holders ask for certificates. */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type webcrypto } from 'node:crypto';
import { PemConverter, Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** PKCS#8 as PEM. */
export async function keyAsPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** A PKCS#10 request as PEM. It names nobody: whoever issues the certificate chooses its names. */
export async function requestFor(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const request = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: ALGORITHM });
  return request.toString('pem');
}

/** The key that a request asks a certificate for; undefined if it is no request, of another kind of key, or not signed by it. */
export async function keyOfRequest(pem: string): Promise<webcrypto.CryptoKey | undefined> {
  try {
    const request = new Pkcs10CertificateRequest(pem);
    const key = await crypto.subtle.importKey('spki', request.publicKey.rawData, ALGORITHM, true, ['verify']);
    return (await request.verify()) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 of a public key, in hexadecimal digits. */
export async function keyDigest(key: webcrypto.CryptoKey): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await crypto.subtle.exportKey('spki', key));
  return Buffer.from(digest).toString('hex');
}

/** The pair of a private key that `keyAsPem` wrote. Throws if it is none. */
export async function keysFromPem(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const der = { type: 'pkcs8', format: 'der' } as const;
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', privateKey.export(der), ALGORITHM, true, ['sign']),
    publicKey: await crypto.subtle.importKey(
      'spki',
      publicKey.export({ type: 'spki', format: 'der' }),
      ALGORITHM,
      true,
      ['verify'],
    ),
  };
}
