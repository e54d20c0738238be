/** What the watch of an instance needs of the fence: docs/architecture/fencing.md. */

/** A watch whose heartbeats count for the fence. */
export interface FencedWatch {
  /** Of the activity that attends the instance. */
  readonly taskToken: Uint8Array;
  readonly heartbeatTimeoutMs: number;
  /** The control plane gives the instance up after so much silence. */
  readonly lostAfterMs: number;
}

export interface HostFence {
  /** The watch asks for no fencing. */
  off(): void;
  /**
   * Sees to it that the instance's service tasks will be stopped without the agent's help, and that heartbeats arrive. Rejects if that is
   * not possible.
   */
  begin(watch: FencedWatch): Promise<void>;
  /**
   * Sends a heartbeat and waits for the answer. `confirmed`: service tasks may run for longer. `ended`: nobody waits for this watch any
   * more. `unanswered`: nobody knows whether it arrived. Rejects if no guard can be started, and once service tasks may no longer run.
   */
  renew(watch: FencedWatch): Promise<'confirmed' | 'ended' | 'unanswered'>;
}
