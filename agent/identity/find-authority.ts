/** Gets the door's authority, of which a token has the pin only. */
import { connect } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { pinOf } from '../../certificates/packed.ts';
import { AGENT_DOOR_NAME } from '../../model/agent-door.ts';
import { DoorAway } from './door-client.ts';
import type { JoinUrl } from './join-url.ts';
import { IdentityError } from './kept-identity.ts';

const PATIENCE_MS = 10_000;
const NEW_ONE = 'If it has expired by the clock there, make a new one: longshore token create';

/**
 * The authority's certificate as PEM, which the door sends behind its own. Nothing is sent over this connection, which is not
 * trusted; the authority is, as its pin is right. Rejects with DoorAway if nobody answers, with IdentityError if somebody else
 * does, or if the door does not take the token's certificate.
 */
export function findAuthority({ address, cert, key, pin }: JoinUrl): Promise<string> {
  const { hostname, port } = new URL(`https://${address}`);
  return new Promise((resolve, reject) => {
    const away = (why: string) => reject(new DoorAway(`The agent door at ${address} does not answer: ${why}`));
    let authority: X509Certificate | undefined;
    const socket = connect({
      ...{ cert, key },
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 443 : Number(port),
      servername: AGENT_DOOR_NAME,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      timeout: PATIENCE_MS,
    });
    socket.once('secureConnect', () => {
      authority = certificates(socket.getPeerCertificate(true)).find((each) => pinOf(each) === pin);
      if (authority !== undefined) return;
      reject(
        new IdentityError(
          `What answers at ${address} is not the Longshore that made the token. Check the address, and whether something stands in between.`,
        ),
      );
      socket.destroy();
    });
    // A server of HTTP/2 speaks first, once it has taken the client's certificate.
    socket.once('data', () => {
      if (authority !== undefined) resolve(authority.toString());
      socket.destroy();
    });
    socket.once('timeout', () => {
      away('it kept silent for 10 s.');
      socket.destroy();
    });
    // A door that does not take a certificate says so by an alert or, as Node.js does, by hanging up.
    const refused = () =>
      reject(new IdentityError(`The agent door at ${address} does not take the token's certificate. ${NEW_ONE}`));
    socket.once('error', (error: Error) =>
      /alert .*certificate/.test(error.message) ? refused() : away(error.message),
    );
    socket.once('close', () => (authority === undefined ? away('it closed the connection.') : refused()));
  });
}

/** Node.js links each certificate to its issuer's, and one that issued itself to itself. */
function certificates(first: PeerCertificate & { readonly issuerCertificate?: PeerCertificate }): X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let each: typeof first | undefined = first; each?.raw !== undefined;) {
    found.push(new X509Certificate(each.raw));
    const issuer: PeerCertificate | undefined = each.issuerCertificate;
    each = issuer === each ? undefined : issuer;
  }
  return found;
}
