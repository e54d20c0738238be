/** Heartbeats through the agent door whose answers are seen, over a connection of their own. */
import { type Client, type ServiceError, status } from '@grpc/grpc-js';
import proto from '@temporalio/proto';
import { AGENT_NAMESPACE } from '../../model/agent-calls.ts';
import { type Door, DoorAway, openDoor } from './door-client.ts';

const PATH = '/temporal.api.workflowservice.v1.WorkflowService/RecordActivityTaskHeartbeat';
const { RecordActivityTaskHeartbeatRequest: Request, RecordActivityTaskHeartbeatResponse: Response } =
  proto.temporal.api.workflowservice.v1;
type Answer = ReturnType<typeof Response.decode>;

/** The activity has ended, or is not this agent's any more. */
const ENDED: ReadonlySet<status> = new Set([status.NOT_FOUND, status.PERMISSION_DENIED, status.UNAUTHENTICATED]);
/** A connection that is younger may still be on its way. */
const YOUNG_MS = 4_000;

export class DoorHeartbeats {
  readonly #door: () => Door;
  #client: Client | undefined;
  #openedAt = 0;

  /** `door`: with the certificate of the moment. */
  constructor(door: () => Door) {
    this.#door = door;
  }

  /** As ControlPlane.heartbeat. Rejects with DoorAway. */
  send(taskToken: Uint8Array, timeoutMs: number): Promise<'confirmed' | 'ended'> {
    const request = Request.create({ namespace: AGENT_NAMESPACE, taskToken });
    const encode = (message: typeof request): Buffer => Buffer.from(Request.encode(message).finish());
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: Answer): void => {
        if (error === null) resolve(answer?.cancelRequested === true ? 'ended' : 'confirmed');
        else if (ENDED.has(error.code)) resolve('ended');
        else {
          if (error.code === status.DEADLINE_EXCEEDED) this.#distrust();
          reject(new DoorAway(error.details));
        }
      };
      const options = { deadline: Date.now() + timeoutMs };
      this.#connected().makeUnaryRequest(PATH, encode, (bytes) => Response.decode(bytes), request, options, done);
    });
  }

  /** The next heartbeat goes over a new connection. */
  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  /** Nothing came back: the connection may be dead, and nobody says so where packets are lost. */
  #distrust(): void {
    if (performance.now() - this.#openedAt > YOUNG_MS) this.close();
  }

  #connected(): Client {
    if (this.#client !== undefined) return this.#client;
    this.#openedAt = performance.now();
    this.#client = openDoor(this.#door(), {
      // Otherwise a new client takes the connection of the one before it.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 500,
      'grpc.max_reconnect_backoff_ms': 2_000,
    });
    return this.#client;
  }
}
