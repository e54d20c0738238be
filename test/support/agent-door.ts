/** A small real agent door for tests: mTLS, and the calls that it is given. */
import { X509Certificate } from 'node:crypto';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { pino } from 'pino';
import { type AgentAuthority, agentAuthority } from '../../api/agent-door/authority.ts';
import type { AgentDoorCall } from '../../api/agent-door/call.ts';
import { join } from '../../api/agent-door/calls/join.ts';
import { renew } from '../../api/agent-door/calls/renew.ts';
import { AgentIdentities } from '../../api/agent-door/identity.ts';
import { refusalOf, refused } from '../../api/agent-door/refusals.ts';
import { agentDoorPath } from '../../model/agent-door.ts';
import type { Store } from '../../store/contract/store.ts';

export interface TestDoor {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly authority: AgentAuthority;
  readonly identities: AgentIdentities;
  /** The names of the calls that were answered or refused. */
  readonly calls: string[];
  close(): void;
}

export const TEST_MASTER_KEY = Buffer.alloc(32, 7);
const logger = pino({ level: 'silent' });

/** Serves Join and Renew over this store. `agentCertificateMs`: how long agents' certificates are good. */
export async function startTestDoor(
  store: Store,
  options: { readonly agentCertificateMs?: number } = {},
): Promise<TestDoor> {
  const authority = await agentAuthority(store, TEST_MASTER_KEY, options);
  const identities = new AgentIdentities({ store, logger, everyMs: 50 });
  const calls: string[] = [];
  const server = new Server();
  const handle =
    <Request, Answer>(call: AgentDoorCall<Request, Answer>) =>
    (unary: ServerUnaryCall<unknown, Answer>, answer: sendUnaryData<Answer>): void => {
      calls.push(call.name);
      const { raw } = unary.getAuthContext().sslPeerCertificate!;
      const run = async (): Promise<Answer> => {
        const identity = await identities.identify(new X509Certificate(raw));
        if (!call.callers.includes(identity.kind)) throw refused(`${call.name} is not for this certificate.`);
        return call.handle(call.request.parse(unary.request), { identity, store, authority, logger });
      };
      run().then(
        (value) => answer(null, value),
        (error: unknown) => answer({ name: 'refusal', message: '', ...refusalOf(error) }),
      );
    };
  const handlers: UntypedServiceImplementation = { Join: handle(join), Renew: handle(renew) };
  const json = {
    requestStream: false,
    responseStream: false,
    ...{
      requestSerialize: toBytes,
      responseSerialize: toBytes,
      requestDeserialize: fromBytes,
      responseDeserialize: fromBytes,
    },
  };
  server.addService(
    { Join: { path: agentDoorPath('Join'), ...json }, Renew: { path: agentDoorPath('Renew'), ...json } },
    handlers,
  );
  const { cert, key } = await authority.issueServer(['127.0.0.1']);
  const credentials = ServerCredentials.createSsl(
    Buffer.from(authority.certificate),
    [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }],
    true,
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    ...{ address: `127.0.0.1:${port}`, authority, identities, calls },
    close: () => {
      identities.close();
      server.forceShutdown();
    },
  };
}

const toBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const fromBytes = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'));
