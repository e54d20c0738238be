/** Decides whether a service may be deleted. */
import type { ServiceRecord } from '../../../../model/service.ts';
import { invalid } from '../../rules/refusals.ts';

/**
 * Without force, a service other than a DAEMON one needs a desired count of 0 and no running tasks; otherwise throws
 * InvalidParameterException. On the second message, infrastructure tools wait and try again while the last tasks stop.
 */
export function checkDeletable(record: ServiceRecord, force: boolean): void {
  if (force || record.definition.schedulingStrategy === 'DAEMON') return;
  if (record.definition.desiredCount > 0) {
    throw invalid('The service cannot be stopped while it is scaled above 0.');
  }
  if (record.runningCount > 0) throw invalid('The service cannot be stopped while deployments are active.');
}
