/** CreateService for a name that is taken. */
import type { ServiceDefinition, ServiceRecord } from '../../../../model/service.ts';
import { canonicalJson } from '../../digest.ts';
import { invalid } from '../../rules/refusals.ts';

/**
 * Whether the request describes the service that is there: then it is the answer. InvalidParameterException when an
 * ACTIVE one differs, or when the old one is still DRAINING; false when only an INACTIVE one is left.
 */
export function isRepeat(
  existing: ServiceRecord,
  asked: { readonly definition: ServiceDefinition; readonly taskDefinitionArn: string | undefined },
): boolean {
  if (existing.status === 'INACTIVE') return false;
  if (existing.status === 'DRAINING') throw invalid('Unable to Start a service that is still Draining.');
  const same =
    (asked.taskDefinitionArn === undefined || existing.taskDefinitionArn === asked.taskDefinitionArn) &&
    comparable(existing.definition) === comparable(asked.definition);
  if (!same) throw invalid('Creation of service was not idempotent.');
  return true;
}

/** Tags have no order of their own; the desired count of a DAEMON service is not asked for, but found. */
const comparable = (definition: ServiceDefinition): string =>
  canonicalJson({
    ...definition,
    desiredCount: definition.schedulingStrategy === 'DAEMON' ? 0 : definition.desiredCount,
    tags: definition.tags.map(({ key = '', value = '' }) => `${key}=${value}`).sort(),
  });
