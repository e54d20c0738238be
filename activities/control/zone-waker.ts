/**
 * Tells services that are not balanced over availability zones that an instance came: there may now be room where they
 * lack tasks.
 */
import type { Store } from '../../store/contract/store.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { Background } from './background.ts';
import type { OwnerSignals } from './owner-signals.ts';
import { coalesced, type Logger } from './waker.ts';

/** The others look again by themselves, because an unbalanced service does so every few minutes. */
const WOKEN_AT_ONCE = 100;

export interface ZoneWakerDeps {
  readonly store: Pick<Store, 'listUnbalancedServices'>;
  readonly signal: OwnerSignals;
  readonly logger: Logger;
  /** Tracks its wake-ups; ends with the worker. */
  readonly background?: Background;
}

/** Returns at once, like the waker for capacity. Balanced services are not woken. */
export const createZoneWaker = (deps: ZoneWakerDeps): ((clusterName: string) => void) =>
  coalesced((clusterName) => wakeUnbalanced(deps, clusterName), deps.background);

async function wakeUnbalanced({ store, signal, logger }: ZoneWakerDeps, clusterName: string): Promise<void> {
  try {
    const services = await store.listUnbalancedServices(clusterName, WOKEN_AT_ONCE);
    const ids = services.map((service) => serviceWorkflowId(clusterName, service));
    await Promise.all(ids.map((id) => signal.signalCapacityChanged(id)));
  } catch (error) {
    logger.warn({ clusterName, err: error }, 'could not wake services that are not balanced over zones');
  }
}
