// @ts-check
/**
 * How long an instance's service tasks may run without contact: pure arithmetic, and the form of the file that the agent
 * writes and its guard reads. Plain JavaScript, because the guard must be light. All times are milliseconds since the boot of
 * the machine, asleep or awake: nobody can set that clock, and all processes have the same.
 */

/**
 * The times of a watch.
 * @typedef {object} FenceTimes
 * @property {number} heartbeatTimeoutMs the control plane counts silence from so long after a heartbeat
 * @property {number} lostAfterMs after so much silence it gives the instance up
 */

/**
 * @typedef {object} Lease
 * @property {number} endsAt the control plane gives the instance up then at the earliest
 * @property {number} lostAfterMs as in FenceTimes
 */

/**
 * Service tasks are gone so long before the control plane can give the instance up: time for the guard to notice (its tick is
 * at most a quarter of a second then), for the engine to end containers by SIGKILL on a busy host, and for clocks that run
 * at different rates.
 */
export const FENCE_MARGIN_MS = 3_000;

/**
 * What a heartbeat is worth that the control plane has confirmed. It counts from the moment when the agent sent it: the control plane got it
 * no sooner.
 * @param {number} sentAt
 * @param {FenceTimes} times
 * @returns {Lease}
 */
export const leaseFrom = (sentAt, { heartbeatTimeoutMs, lostAfterMs }) => ({
  endsAt: sentAt + heartbeatTimeoutMs + lostAfterMs,
  lostAfterMs,
});

/**
 * What still runs is killed then.
 * @param {Lease} lease
 */
export const killAt = ({ endsAt }) => endsAt - FENCE_MARGIN_MS;

/**
 * A task is told to stop then: its containers have their stopTimeout, but at most half of the silence, so that a short
 * partition stops nothing.
 * @param {Lease} lease
 * @param {number} stopTimeoutMs
 */
export const stopAt = (lease, stopTimeoutMs) => killAt(lease) - Math.min(stopTimeoutMs, lease.lostAfterMs / 2);

/**
 * No task is told to stop sooner, and from then on none may start.
 * @param {Lease} lease
 */
export const fencedFrom = (lease) => stopAt(lease, Infinity);

/**
 * The lease as text. It is written in place, into a file of one size, because a full disk must not end a lease. It stands there
 * twice: a reader in the middle of a write finds two that differ.
 * @param {Lease} lease
 * @param {string} bootId
 */
export function encodeLease({ endsAt, lostAfterMs }, bootId) {
  const line = `${bootId} ${endsAt} ${lostAfterMs}`.padEnd(99) + '\n';
  return line + line;
}

/**
 * Undefined for a lease of an earlier boot. `torn`: read again.
 * @param {string} text
 * @param {string} bootId
 * @returns {Lease | undefined | 'torn'}
 */
export function decodeLease(text, bootId) {
  const [first, second] = text.split('\n');
  if (first === undefined || first !== second) return 'torn';
  const [boot, endsAt, lostAfterMs] = first.trim().split(' ');
  if (boot !== bootId) return undefined;
  const lease = { endsAt: Number(endsAt), lostAfterMs: Number(lostAfterMs) };
  return Number.isFinite(lease.endsAt) && Number.isFinite(lease.lostAfterMs) ? lease : 'torn';
}
