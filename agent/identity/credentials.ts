/** Who this agent is to the control plane: its certificate and key, kept in its data folder and renewed in time. */
import type { Logger } from 'pino';
import type { CallDoor, DoorTls } from './door-client.ts';

export interface RenewalOptions {
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

export declare class AgentCredentials {
  /** The kept identity; undefined if this agent never joined. `dataDir` is the agent's own folder. Throws for a broken file. */
  static load(dataDir: string): AgentCredentials | undefined;
  /** `host:port` of the agent door. */
  readonly address: string;
  readonly containerInstanceId: string;
  readonly clusterName: string;
  /** Absent: the agent says where it is. */
  readonly availabilityZone?: string;
  /** Milliseconds since the epoch; past if the agent must join again. */
  readonly expiresAt: number;
  current(): DoorTls;
  /** Calls the listener with each new certificate. Returns the function that ends this. */
  onRenewed(listener: (tls: DoorTls) => void): () => void;
  /** Renews the certificate at half its life, again and again until `stop`. */
  startRenewing(call: CallDoor, options: RenewalOptions): void;
  stop(): void;
}
