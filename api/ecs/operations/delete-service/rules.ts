/** When a service may be deleted. */
import type { ServiceRecord } from '../../../../model/service.ts';
import { invalid } from '../../rules/refusals.ts';

/**
 * Without force, unless it is a DAEMON service: desired count 0 and no running tasks, else InvalidParameterException. The second text is the one that
 * infrastructure tools wait and try again on while the last tasks stop.
 */
export function checkDeletable(record: ServiceRecord, force: boolean): void {
  if (force || record.definition.schedulingStrategy === 'DAEMON') return;
  if (record.definition.desiredCount > 0) {
    throw invalid('The service cannot be stopped while it is scaled above 0.');
  }
  if (record.runningCount > 0) throw invalid('The service cannot be stopped while deployments are active.');
}
