/** Decides about a CreateService request whose name is taken. */
import type { ServiceDefinition, ServiceRecord } from '../../../../model/service.ts';
import { canonicalJson } from '../../digest.ts';
import { invalid } from '../../rules/refusals.ts';

/**
 * Whether the request describes the existing service, which is then the answer. Throws InvalidParameterException if an
 * ACTIVE service differs, or the old one is still DRAINING. Returns false if the old one is INACTIVE.
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

/** Ignores the order of tags, and the desired count of a DAEMON service, which nobody asks for. */
const comparable = (definition: ServiceDefinition): string =>
  canonicalJson({
    ...definition,
    desiredCount: definition.schedulingStrategy === 'DAEMON' ? 0 : definition.desiredCount,
    tags: definition.tags.map(({ key = '', value = '' }) => `${key}=${value}`).sort(),
  });
