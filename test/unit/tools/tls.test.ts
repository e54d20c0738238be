/** The API's certificates: real ones, tried by real TLS handshakes. */
import { X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyPair } from '../../../certificates/issue.ts';
import { serverCertificate } from '../../../tools/tls/authority.ts';
import { loadCertificate } from '../../../tools/tls/certificate.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'longshore-tls-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const authority = (): string => fs.readFileSync(path.join(folder, 'ca.pem'), 'utf8');

/** Asks a server with the certificate by this name; rejects with the client's reason. */
async function ask({ cert, key }: KeyPair, name: string, ca: string): Promise<string> {
  const server = createServer({ cert, key }, (_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, servername: name, ca, agent: false };
      get(options, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).on('error', reject);
    });
  } finally {
    server.close();
  }
}

describe('Longshore’s own authority', () => {
  it('issues a certificate that clients of the authority trust, for its names only', async () => {
    const pair = await serverCertificate(folder, ['localhost', 'longshore.example', '10.0.0.5']);
    await expect(ask(pair, 'longshore.example', authority())).resolves.toBe('hello');
    await expect(ask(pair, 'other.example', authority())).rejects.toThrow(/altnames/);
    const leaf = new X509Certificate(pair.cert);
    expect([leaf.checkIP('10.0.0.5'), leaf.checkIP('10.0.0.6'), leaf.ca]).toEqual(['10.0.0.5', undefined, false]);
  });

  it('is not trusted by clients that do not know it', async () => {
    const pair = await serverCertificate(folder, ['localhost']);
    const other = fs.mkdtempSync(path.join(os.tmpdir(), 'longshore-tls-'));
    await serverCertificate(other, ['localhost']);
    const stranger = fs.readFileSync(path.join(other, 'ca.pem'), 'utf8');
    fs.rmSync(other, { recursive: true });
    await expect(ask(pair, 'localhost', stranger)).rejects.toThrow(/certificate/);
  });

  it('keeps a certificate that is good, and makes a new one for other names under the same authority', async () => {
    const first = await serverCertificate(folder, ['localhost']);
    const ca = authority();
    expect(await serverCertificate(folder, ['localhost'])).toEqual(first);
    const second = await serverCertificate(folder, ['localhost', '10.0.0.5']);
    expect(second.cert).not.toBe(first.cert);
    expect(authority()).toBe(ca);
  });

  it('is one, also if several processes make it together', async () => {
    const pairs = await Promise.all([1, 2, 3].map(() => serverCertificate(folder, ['localhost'])));
    const ca = authority();
    for (const pair of pairs) await expect(ask(pair, 'localhost', ca)).resolves.toBe('hello');
    expect(fs.readdirSync(folder).sort()).toEqual(['ca.key', 'ca.pem', 'server.key', 'server.pem']);
    const kept = await serverCertificate(folder, ['localhost']);
    await expect(ask(kept, 'localhost', ca)).resolves.toBe('hello');
    expect(authority()).toBe(ca);
  });

  it('is made whole after a process that died while it made it', async () => {
    await serverCertificate(folder, ['localhost']);
    for (const file of ['ca.pem', 'server.pem', 'server.key']) fs.rmSync(path.join(folder, file));
    const pair = await serverCertificate(folder, ['localhost']);
    await expect(ask(pair, 'localhost', authority())).resolves.toBe('hello');
  });

  it('keeps all files from other users', async () => {
    await serverCertificate(folder, ['localhost']);
    for (const file of fs.readdirSync(folder)) expect(fs.statSync(path.join(folder, file)).mode & 0o077).toBe(0);
  });

  it('does not replace an authority whose key is missing', async () => {
    await serverCertificate(folder, ['localhost']);
    fs.rmSync(path.join(folder, 'ca.key'));
    await expect(serverCertificate(folder, ['localhost'])).rejects.toThrow(/ca\.key is missing\. Restore it/);
  });
});

describe('loadCertificate', () => {
  const load = (certificatePath: string, keyPath: string) =>
    loadCertificate({ tls: { kind: 'files', certificatePath, keyPath }, dataDir: folder, host: '127.0.0.1' });

  it('reads the operator’s files, again when they have changed', async () => {
    const { cert, key } = await serverCertificate(folder, ['localhost']);
    const [certFile, keyFile] = [path.join(folder, 'server.pem'), path.join(folder, 'server.key')];
    const served = await load(certFile, keyFile);
    expect(served?.pair).toEqual({ cert, key });
    const next = await serverCertificate(folder, ['localhost', 'a.example']);
    expect(await served?.reload()).toEqual(next);
  });

  it('says which file cannot be read, or that the key is another’s', async () => {
    const { cert } = await serverCertificate(folder, ['localhost']);
    await expect(load('/nowhere', '/nowhere')).rejects.toThrow(/LONGSHORE_TLS_CERT_PATH must name a file/);
    const other = path.join(folder, 'other.pem');
    fs.writeFileSync(other, cert);
    await expect(load(other, path.join(folder, 'ca.key'))).rejects.toThrow(/cannot serve HTTPS/);
  });

  it('covers the address that the API listens at', async () => {
    const served = await loadCertificate({
      tls: { kind: 'own', names: ['a.example'] },
      dataDir: folder,
      host: '10.1.2.3',
    });
    const leaf = new X509Certificate(served!.pair.cert);
    expect(leaf.subjectAltName).toContain('IP Address:10.1.2.3');
    expect(leaf.subjectAltName).toContain('DNS:a.example');
    expect(served!.authorityFile).toBe(path.join(folder, 'tls', 'ca.pem'));
  });
});
