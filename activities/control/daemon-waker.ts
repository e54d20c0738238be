/** Tells the DAEMON services of a cluster that its instances have changed. Coalesced, like all wake-ups. */
import type { Store } from '../../store/contract/store.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { Background } from './background.ts';
import type { OwnerSignals } from './owner-signals.ts';
import { coalesced, type Logger } from './waker.ts';

/** How many signals are sent at the same time. */
const AT_ONCE = 20;

export interface DaemonWakerDeps {
  readonly store: Pick<Store, 'listDaemonServices'>;
  readonly signal: OwnerSignals;
  readonly logger: Logger;
  /** Tracks its wake-ups; ends with the worker. */
  readonly background?: Background;
}

/** Only logs a wake-up that fails, because DAEMON services look by themselves every few minutes. */
export const createDaemonWaker = (deps: DaemonWakerDeps): ((clusterName: string) => void) =>
  coalesced((clusterName) => tellDaemons(deps, clusterName), deps.background);

async function tellDaemons({ store, signal, logger }: DaemonWakerDeps, clusterName: string): Promise<void> {
  try {
    const services = await store.listDaemonServices(clusterName);
    const ids = services.map((service) => serviceWorkflowId(clusterName, service));
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => signal.signalInstancesChanged(id)));
    }
  } catch (error) {
    logger.warn({ clusterName, err: error }, 'could not tell DAEMON services of changed instances');
  }
}
