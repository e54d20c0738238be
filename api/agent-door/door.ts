/**
 * The agent door: a port of its own on which agents, and only they, reach the control plane. TLS with certificates on both
 * sides; unary gRPC on Node's own HTTP/2, because a connection must be cut when its certificate is revoked.
 */
import { constants } from 'node:crypto';
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { AgentPackageSource } from '../../model/agent-package.ts';
import type { InstanceControl } from '../../model/agent-calls.ts';
import type { MasterKeys } from '../../model/master-keys.ts';
import type { Store } from '../../store/contract/store.ts';
import { isAwsError } from '../../model/errors.ts';
import { defined } from '../../model/defined.ts';
import { withoutMapping } from '../auth/circumstances.ts';
import type { TaskGrants } from '../tasks/grants.ts';
import type { AgentDoorAudit, RefusedAgentCall } from './audit.ts';
import type { AgentAuthority } from './authority.ts';
import type { AgentDoorContext } from './call.ts';
import { dispatch, UnknownCall, whoseCall } from './dispatch.ts';
import { Forbidden } from './grpc/status.ts';
import { answerUnary, isGrpc, type UnaryCall } from './grpc/unary.ts';
import type { AgentIdentities } from './identity.ts';
import { Pieces } from './pieces.ts';
import { type Caller, type SessionPace, Sessions } from './sessions.ts';
import { untilEnding } from './temporal/poll.ts';
import { TaskTokens } from './temporal/task-tokens.ts';
import type { Upstream } from './temporal/upstream.ts';
import { Traffic } from './traffic.ts';

/** Temporal takes no larger message. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Of one connection. Calls beyond wait at the agent. */
const STREAMS_AT_ONCE = 128;
const HANDSHAKE_MS = 10_000;
/** Characters of what an agent said. */
const MOST_LOGGED = 500;
/** A server's certificate is good for more than a year. A process that runs for so long gets a new one in time. */
const NEW_CERTIFICATE_MS = 7 * 86_400_000;

export interface AgentDoorOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly store: Store;
  readonly authority: AgentAuthority;
  /** The caller closes it after the door. */
  readonly identities: AgentIdentities;
  /** The caller closes it after the door. */
  readonly upstream: Upstream;
  readonly control: InstanceControl;
  /** What tasks get. The caller closes it after the door. */
  readonly grants: Pick<TaskGrants, 'of'>;
  /** The agent that this control plane serves. */
  readonly packages: AgentPackageSource;
  /** 32 bytes. */
  readonly masterKeys: MasterKeys;
  readonly logger: Logger;
  /** Absent: what is refused is only logged. The caller closes it after the door. */
  readonly audit?: Pick<AgentDoorAudit, 'refused'>;
  readonly pace?: SessionPace;
}

export interface RunningAgentDoor {
  readonly port: number;
  /** Ends polls, lets other calls under way finish, and closes all connections. */
  close(): Promise<void>;
}

/** Resolves when the door listens; rejects if it cannot listen on the port. */
export async function startAgentDoor(options: AgentDoorOptions): Promise<RunningAgentDoor> {
  const { authority, host, port } = options;
  const server = createSecureServer({
    ...(await secureContext(authority)),
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS,
    settings: { maxConcurrentStreams: STREAMS_AT_ONCE, enablePush: false },
  });
  const door = new AgentDoor(options);
  // HTTP/2 makes the session of a connection before anything else happens, and does not show its socket.
  let connecting: TLSSocket | undefined;
  server.prependListener('secureConnection', (socket: TLSSocket) => (connecting = socket));
  server.on('session', (session: ServerHttp2Session) => {
    if (connecting === undefined) session.destroy();
    else door.sessions.add(session, connecting);
  });
  server.on('stream', (stream, headers) => {
    door.answer(stream, headers).catch((error: unknown) => {
      options.logger.error({ err: error }, 'the agent door could not answer');
    });
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    await door.close();
    throw error;
  }
  const renewal = keepCertificate(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(renewal);
      server.close();
      await door.close();
    },
  };
}

/** What every connection must have. A new certificate needs all of it again. */
const secureContext = async (authority: AgentAuthority): Promise<SecureContextOptions> => ({
  ...(await authority.issueServer([])),
  ca: authority.certificate,
  minVersion: 'TLSv1.3',
  // A resumed connection would not show its certificate again.
  secureOptions: constants.SSL_OP_NO_TICKET,
});

const listen = (server: Http2SecureServer, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

function keepCertificate(server: Http2SecureServer, options: AgentDoorOptions): NodeJS.Timeout {
  const { authority, logger } = options;
  const renew = async (): Promise<void> => {
    try {
      server.setSecureContext(await secureContext(authority));
    } catch (error) {
      logger.error({ err: error }, 'the agent door got no new certificate; the old one stays');
    }
  };
  return setInterval(() => void renew(), NEW_CERTIFICATE_MS).unref();
}

/** Whether it says that the caller may not do this, or that there is no such call, and not that it cannot be done now. */
const isDenial = (error: unknown): error is Error =>
  error instanceof Forbidden ||
  error instanceof UnknownCall ||
  (isAwsError(error) && error.code === 'AccessDeniedException');

class AgentDoor {
  readonly sessions: Sessions;
  readonly #options: AgentDoorOptions;
  readonly #tokens: TaskTokens;
  readonly #traffic: Traffic;
  readonly #pieces = new Pieces();

  constructor(options: AgentDoorOptions) {
    this.#options = options;
    this.#tokens = new TaskTokens(options.masterKeys);
    this.sessions = new Sessions(options.identities, options.pace);
    this.#traffic = new Traffic(options.logger, () => this.sessions.count);
  }

  close(): Promise<void> {
    this.#traffic.close();
    return this.sessions.close();
  }

  async answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    // The peer may reset a stream at any time; its end is told by 'close'.
    stream.on('error', () => undefined);
    if (!isGrpc(headers)) {
      stream.close();
      return;
    }
    const path = headers[':path'] ?? '';
    const onFailure = (error: unknown): void =>
      this.#options.logger.error({ err: error, operation: path }, 'the agent door could not answer');
    await answerUnary(stream, headers, { most: MOST_BYTES, onFailure }, async (call) => {
      const endCall = this.sessions.beginCall(stream.session as ServerHttp2Session | undefined);
      return this.#answerCaller(stream, path, call).finally(endCall);
    });
  }

  async #answerCaller(stream: ServerHttp2Stream, path: string, call: UnaryCall): Promise<Uint8Array> {
    const session = stream.session as ServerHttp2Session | undefined;
    const from = { path, address: withoutMapping(session?.socket.remoteAddress ?? '') };
    const caller = await this.sessions.callerOf(session).catch((error: unknown) => {
      if (isDenial(error)) this.#options.audit?.refused({ ...from, identity: undefined, message: error.message });
      throw error;
    });
    const refuse = (message: string): void => this.#refuse(caller, { ...from, message });
    try {
      const beginPiece = (): void => this.#pieces.begin(caller.share, stream);
      return await this.#handle(path, { ...caller, refuse, beginPiece }, call);
    } catch (error) {
      if (isDenial(error)) refuse(error.message);
      throw error;
    }
  }

  async #handle(
    path: string,
    { identity, share, ending, refuse, beginPiece }: Caller & Pick<AgentDoorContext, 'refuse' | 'beginPiece'>,
    call: UnaryCall,
  ): Promise<Uint8Array> {
    const { store, authority, control, packages, grants, logger, upstream } = this.#options;
    const context = { identity, store, authority, control, packages, grants, beginPiece, logger, refuse };
    const admitted = share.admit(whoseCall(path));
    try {
      const behind = { upstream, tokens: this.#tokens };
      const asked = dispatch(path, context, behind);
      this.#traffic.count(asked);
      if (asked.isPoll) admitted.waits();
      const message = await call.read((count) => admitted.takeBytes(count));
      if (!asked.isPoll) admitted.takeMessage(message.length);
      if (!asked.isPoll) return await asked.handle(message, call);
      return await untilEnding(ending, call, (bounds) => asked.handle(message, bounds));
    } finally {
      admitted.end();
    }
  }

  /** Records and logs what the caller may not do. */
  #refuse(
    { identity, share }: Caller,
    { path: operation, message, address }: Omit<RefusedAgentCall, 'identity'>,
  ): void {
    const requestId = this.#options.audit?.refused({ identity, path: operation, message, address });
    const logged = share.logRefusal();
    if (logged === undefined) return;
    const who =
      identity.kind === 'agent'
        ? { clusterName: identity.clusterName, containerInstanceId: identity.containerInstanceId }
        : { tokenId: identity.tokenId };
    const fields = {
      ...who,
      ...defined({ requestId }),
      operation: operation.slice(0, MOST_LOGGED),
      message: message.slice(0, MOST_LOGGED),
      lines: logged.unlogged,
    };
    this.#options.logger.warn(fields, 'refused an agent what it may not do');
  }
}
