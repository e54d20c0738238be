/** Calls to the agent door: unary gRPC with JSON, over TLS with certificates on both sides. */
import { Client, type ClientOptions, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { AGENT_DOOR_NAME, agentDoorPath } from '../../model/agent-door.ts';

/** What the two sides of a connection know each other by, as PEM. */
export interface DoorTls {
  /** The agent's chain. */
  readonly cert: string;
  readonly key: string;
  /** The only authority whose certificates are taken for the door's. */
  readonly authority: string;
}

export interface Door extends DoorTls {
  /** `host:port`. */
  readonly address: string;
}

/** Makes one call. Rejects with DoorRefusal, or with DoorAway. */
export type CallDoor = (name: string, request: object, door: Door) => Promise<unknown>;

/** The control plane refused the call for good; the message says what to do. */
export class DoorRefusal extends Error {
  override readonly name = 'DoorRefusal';
}

/** No answer, or one that a later attempt may change. */
export class DoorAway extends Error {
  override readonly name = 'DoorAway';
}

const PATIENCE_MS = 20_000;
/** How long a client waits before it dials again, at first and at most. */
const REDIAL = { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': 5_000 } as const;
/** A connection without calls costs the door memory and signs of life, for each of its agents. */
const IDLE_MS = 30_000;

const FINAL: ReadonlySet<status> = new Set([
  status.FAILED_PRECONDITION,
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.UNIMPLEMENTED,
]);

const serialize = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const deserialize = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'));

/** A client of gRPC that connects at its first call, and takes nobody else for the door. */
export function openDoor({ address, cert, key, authority }: Door, options: ClientOptions): Client {
  const secure = credentials.createSsl(Buffer.from(authority), Buffer.from(key), Buffer.from(cert));
  return new Client(address, secure, { 'grpc.ssl_target_name_override': AGENT_DOOR_NAME, ...options });
}

/**
 * A connection that is opened by a call, and again whenever it breaks. It closes when there is none for half a minute. After a long
 * outage it is dialled within seconds, where gRPC by itself waits for up to two minutes: so long the instance would stay silent
 * although its host is reachable again.
 */
export class DoorClient {
  readonly #client: Client;

  constructor(door: Door) {
    this.#client = openDoor(door, { 'grpc.client_idle_timeout_ms': IDLE_MS, ...REDIAL });
  }

  /** The answer to one call. Rejects with DoorRefusal, or with DoorAway, also after `timeoutMs`. */
  call(
    name: string,
    request: object,
    { timeoutMs = PATIENCE_MS }: { readonly timeoutMs?: number } = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer: unknown): void => {
        if (error === null) resolve(answer);
        else reject(FINAL.has(error.code) ? new DoorRefusal(error.details) : new DoorAway(error.details));
      };
      const options = { deadline: Date.now() + timeoutMs };
      this.#client.makeUnaryRequest(agentDoorPath(name), serialize, deserialize, request, options, done);
    });
  }

  close(): void {
    this.#client.close();
  }
}

/** One call on a connection of its own. */
export const callDoor: CallDoor = async (name, request, door) => {
  const client = new DoorClient(door);
  try {
    return await client.call(name, request);
  } finally {
    client.close();
  }
};
