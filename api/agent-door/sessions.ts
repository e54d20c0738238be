/** The connections of the door: whose each is, and when it must end. */
import type { X509Certificate } from 'node:crypto';
import type { ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { GrpcRefusal } from './grpc/status.ts';
import type { AgentIdentities, AgentIdentity, JoinIdentity } from './identity.ts';
import { AgentShare } from './limits.ts';

/** How often each connection is asked for a sign of life. One that does not answer until the next time is cut. */
const ASK_EVERY_MS = 10_000;
/** For tests, which do not wait as long. */
export interface SessionPace {
  /** How often it is looked whose time is up. */
  readonly endEveryMs: number;
  /** Whoever joins makes a call or two. After so long without one, a token's connection ends. */
  readonly joinIdleMs: number;
}

const PACE: SessionPace = { endEveryMs: 1_000, joinIdleMs: 60_000 };
/** Connections of one agent: two, twice that while its certificate is renewed, and to spare. */
const MOST_SESSIONS = 8;
/** A connection that ends in order has so long for its last answers. */
const LAST_ANSWERS_MS = 2_000;

export interface Caller {
  readonly identity: AgentIdentity | JoinIdentity;
  readonly share: AgentShare;
  /** Aborted when the connection is about to end: polls on it must end, so that no task is handed to it. */
  readonly ending: AbortSignal;
}

interface Connection {
  readonly session: ServerHttp2Session;
  /** A destroyed session still waits for the peer to end the connection. The socket does not. */
  readonly socket: TLSSocket;
}

interface Held extends Connection {
  readonly serial: string;
  readonly caller: Promise<Caller>;
  readonly ending: AbortController;
  expiresAt: number;
  /** It ends so long after its last call: that of a token to join. */
  idleMs: number;
  /** Calls under way: with one, it is not idle. */
  calls: number;
  /** Milliseconds from any beginning: when its last call came or ended, or it came. */
  usedAt: number;
  isAsked: boolean;
}

interface Counted {
  readonly share: AgentShare;
  sessions: number;
}

const keyOf = (identity: AgentIdentity | JoinIdentity): string =>
  identity.kind === 'agent' ? `${identity.clusterName}/${identity.containerInstanceId}` : identity.tokenId;

export class Sessions {
  readonly #identities: AgentIdentities;
  readonly #pace: SessionPace;
  readonly #held = new Map<ServerHttp2Session, Held>();
  /** By agent or token, over all its connections. */
  readonly #counted = new Map<string, Counted>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #unsubscribe: () => void;

  constructor(identities: AgentIdentities, pace = PACE) {
    this.#identities = identities;
    this.#pace = pace;
    this.#unsubscribe = identities.onRevoked((serial) => {
      for (const held of this.#held.values()) if (held.serial === serial) cut(held);
    });
    this.#timers = [
      setInterval(() => this.#ask(), ASK_EVERY_MS).unref(),
      setInterval(() => this.#endDue(), pace.endEveryMs).unref(),
    ];
  }

  /** Takes a connection whose certificate TLS has verified. */
  add(session: ServerHttp2Session, socket: TLSSocket): void {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) {
      cut({ session, socket });
      return;
    }
    const ending = new AbortController();
    const caller = this.#identify(session, certificate, ending.signal);
    // Its calls are refused with the reason.
    caller.catch(() => endSoon({ session, socket }));
    const held = {
      session,
      socket,
      serial: certificate.serialNumber,
      caller,
      ending,
      expiresAt: Infinity,
      idleMs: Infinity,
      calls: 0,
      usedAt: performance.now(),
      isAsked: false,
    };
    this.#held.set(session, held);
    session.once('close', () => this.#held.delete(session));
    session.on('error', () => undefined);
  }

  /** How many connections there are. */
  get count(): number {
    return this.#held.size;
  }

  /** Counts a call on the connection until the function that it returns is called. */
  beginCall(session: ServerHttp2Session | undefined): () => void {
    const held = session === undefined ? undefined : this.#held.get(session);
    if (held === undefined) return () => undefined;
    const count = (by: number): void => {
      held.calls += by;
      held.usedAt = performance.now();
    };
    count(1);
    return () => count(-1);
  }

  /** Who calls on the connection. Rejects with the refusal of whoever may not. */
  callerOf(session: ServerHttp2Session | undefined): Promise<Caller> {
    const held = session === undefined ? undefined : this.#held.get(session);
    if (held === undefined) return Promise.reject(new GrpcRefusal(status.UNAVAILABLE, 'The connection has ended.'));
    if (held.expiresAt > Date.now()) return held.caller;
    endSoon(held);
    return Promise.reject(new GrpcRefusal(status.UNAUTHENTICATED, 'The certificate of this connection has expired.'));
  }

  /** Ends all connections: each may first send its answers under way. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#unsubscribe();
    await Promise.all([...this.#held.values()].map((held) => this.#end(held)));
  }

  async #identify(session: ServerHttp2Session, certificate: X509Certificate, ending: AbortSignal): Promise<Caller> {
    const identity = await this.#identities.identify(certificate);
    const counted = this.#countedAs(keyOf(identity));
    if (counted.sessions >= MOST_SESSIONS)
      throw new GrpcRefusal(status.RESOURCE_EXHAUSTED, `An agent has at most ${MOST_SESSIONS} connections.`);
    const held = this.#held.get(session);
    if (held === undefined) throw new GrpcRefusal(status.UNAVAILABLE, 'The connection has ended.');
    counted.sessions += 1;
    session.once('close', () => (counted.sessions -= 1));
    held.expiresAt = identity.expiresAt;
    if (identity.kind === 'join') held.idleMs = this.#pace.joinIdleMs;
    return { identity, share: counted.share, ending };
  }

  #countedAs(key: string): Counted {
    const counted = this.#counted.get(key) ?? { share: new AgentShare(() => performance.now()), sessions: 0 };
    this.#counted.set(key, counted);
    return counted;
  }

  #ask(): void {
    for (const held of this.#held.values()) {
      if (held.isAsked || held.session.destroyed) cut(held);
      else {
        held.isAsked = true;
        held.session.ping(() => (held.isAsked = false));
      }
    }
    for (const [key, { sessions, share }] of this.#counted)
      if (sessions === 0 && share.isIdle) this.#counted.delete(key);
  }

  #endDue(): void {
    for (const held of this.#held.values()) if (!held.ending.signal.aborted && isOver(held)) void this.#end(held);
  }

  async #end(held: Held): Promise<void> {
    const { session, socket, ending } = held;
    ending.abort();
    const timer = setTimeout(() => cut(held), LAST_ANSWERS_MS);
    await new Promise<void>((resolve) => {
      if (socket.destroyed) resolve();
      else socket.once('close', () => resolve());
      session.close();
    });
    clearTimeout(timer);
  }
}

const isOver = ({ expiresAt, calls, usedAt, idleMs }: Held): boolean =>
  expiresAt <= Date.now() || (calls === 0 && performance.now() - usedAt >= idleMs);

function cut({ session, socket }: Connection): void {
  session.destroy();
  socket.destroy();
}

const endSoon = (connection: Connection): void => void setTimeout(() => cut(connection), LAST_ANSWERS_MS).unref();
