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

/**
 * The authority's certificate as PEM, which the door sends behind its own. Nothing is sent over this connection: it is not
 * trusted, and the authority is, as its pin is right. Rejects with DoorAway if nobody answers, with IdentityError if somebody
 * else does.
 */
export async function findAuthority({ address, cert, key, pin }: JoinUrl): Promise<string> {
  const chain = await chainAt(address, { cert, key });
  const authority = chain.find((each) => pinOf(each) === pin);
  if (authority !== undefined) return authority.toString();
  throw new IdentityError(
    `What answers at ${address} is not the Longshore that made the token. Check the address, and whether something stands in between.`,
  );
}

function chainAt(address: string, own: { readonly cert: string; readonly key: string }): Promise<X509Certificate[]> {
  const { hostname, port } = new URL(`https://${address}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const away = (why: string) => reject(new DoorAway(`The agent door at ${address} does not answer: ${why}`));
    const socket = connect({
      ...own,
      host,
      port: port === '' ? 443 : Number(port),
      servername: AGENT_DOOR_NAME,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      timeout: PATIENCE_MS,
    });
    socket.once('secureConnect', () => {
      resolve(certificates(socket.getPeerCertificate(true)));
      socket.destroy();
    });
    socket.once('timeout', () => {
      away('it kept silent for 10 s.');
      socket.destroy();
    });
    socket.once('error', (error: Error) => away(error.message));
    socket.once('close', () => away('it closed the connection.'));
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
