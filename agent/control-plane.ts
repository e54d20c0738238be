/**
 * How an agent reaches the control plane, with outbound connections only: through the agent door (door.ts), or straight
 * through Temporal (direct.ts) where it runs beside it.
 */
import type { NativeConnection } from '@temporalio/worker';
import type { AgentPackageSource } from '../model/agent-package.ts';
import type { InstanceControl } from '../model/agent-calls.ts';
import type { TaskControl } from '../model/task-calls.ts';

export interface ControlPlane {
  readonly control: InstanceControl;
  /** What the instance's tasks get. */
  readonly tasks: TaskControl;
  /** Where the agent gets other versions of itself. Absent: it cannot. */
  readonly packages?: AgentPackageSource;
  /** The namespace that the worker names. */
  readonly namespace: string;
  /** A connection for the worker, by the certificate of the moment. The caller closes it. */
  connectWorker(): Promise<NativeConnection>;
  /**
   * Heartbeats the activity with that token. Resolves when Temporal has recorded it, or when it says that the activity has ended or is
   * to end. Rejects without an answer in the time.
   */
  heartbeat(taskToken: Uint8Array, timeoutMs: number): Promise<'confirmed' | 'ended'>;
  /** Calls the listener when the worker needs another connection. Returns the function that ends this. */
  onRenewed(listener: () => void): () => void;
  close(): Promise<void>;
}
