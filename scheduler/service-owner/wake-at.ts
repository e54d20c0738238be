/** When the owner of a service plans again even if it hears nothing. */
import type { EpochMs } from '../../model/time.ts';
import type { ServiceState } from '../service/state.ts';
import { dueToPlace } from './provision.ts';

/** Undefined: not before something changes. */
export function wakeAt(state: ServiceState): EpochMs | undefined {
  const { run, steadySince, balance } = state;
  const rebalanceAt = steadySince === undefined ? undefined : balance?.retryAt;
  const times = [run.wakeAt, dueToPlace(state), rebalanceAt].filter((time) => time !== undefined);
  const next = Math.min(...times);
  return next === Infinity ? undefined : next;
}
