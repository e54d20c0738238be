/** A real issuer of OpenID Connect tokens: HTTPS by an authority of its own, a discovery document, and a set of keys. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { authorityFile, serverCertificate } from '../../tools/tls/authority.ts';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

export interface Signing {
  readonly alg?: string;
  /** Absent: the newest published key. */
  readonly kid?: string;
  readonly key?: Keys['privateKey'] | Uint8Array;
}

export class OidcIssuer {
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  /** What the issuer answers at a path in place of what it would. */
  readonly instead = new Map<string, { readonly status?: number; readonly body: string; readonly location?: string }>();
  /** SHA-1 of the authority's certificate. */
  readonly thumbprint: string;
  readonly #server: Server;
  readonly #folder: string;
  readonly #keys = new Map<string, { readonly pair: Keys; readonly jwk: JWK }>();

  private constructor(server: Server, folder: string, thumbprint: string) {
    this.#server = server;
    this.#folder = folder;
    this.thumbprint = thumbprint;
    server.on('request', (request, response) => {
      const path = request.url ?? '';
      this.asked.push(path);
      const { status = 200, body, location } = this.instead.get(path) ?? { body: this.#document(path) };
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(location === undefined ? {} : { location }),
      });
      response.end(body);
    });
  }

  /** Starts an issuer with one key. */
  static async start(): Promise<OidcIssuer> {
    const folder = await mkdtemp(join(tmpdir(), 'longshore-issuer-'));
    const server = createServer(await serverCertificate(folder, ['localhost', '127.0.0.1']));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { fingerprint } = new X509Certificate(await readFile(authorityFile(folder)));
    const issuer = new OidcIssuer(server, folder, fingerprint.replaceAll(':', '').toLowerCase());
    await issuer.addKey('first');
    return issuer;
  }

  /** As ARNs and condition keys name it. */
  get name(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `https://${this.name}`;
  }

  async addKey(kid: string, alg = 'RS256'): Promise<void> {
    const pair = await generateKeyPair(alg, { extractable: true });
    this.#keys.set(kid, { pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } });
  }

  withdrawKey(kid: string): void {
    this.#keys.delete(kid);
  }

  /** A token with these claims beside `iss`, `sub`, `aud`, `iat` and `exp`; undefined takes one of them away. */
  async token(claims: Readonly<Record<string, unknown>> = {}, { alg, kid, key }: Signing = {}): Promise<string> {
    const [newest = ''] = [...this.#keys.keys()].slice(-1);
    const found = this.#keys.get(kid ?? newest);
    const now = Math.floor(Date.now() / 1000);
    const all: Record<string, unknown> = {
      iss: this.url,
      sub: 'ada',
      aud: 'longshore',
      iat: now,
      exp: now + 300,
      ...claims,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(given)
      .setProtectedHeader({ alg: alg ?? found?.jwk.alg ?? 'RS256', kid: kid ?? newest })
      .sign(key ?? found!.pair.privateKey);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true });
  }

  #document(path: string): string {
    if (path === '/.well-known/openid-configuration') {
      return JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/keys` });
    }
    return JSON.stringify({ keys: [...this.#keys.values()].map(({ jwk }) => jwk) });
  }
}
