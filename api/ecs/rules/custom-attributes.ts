/** Checks the attributes that users put on container instances. */
import type { Attribute as WireAttribute } from '@aws-sdk/client-ecs';
import { CAPACITY_PROVIDER_ATTRIBUTE, type Attribute } from '../../../model/container-instance.ts';
import { defined } from '../../../model/defined.ts';
import type { OperationContext } from '../../operation.ts';
import { resolveIdentifier } from './identifiers.ts';
import { invalid } from './refusals.ts';

const NAME = /^[A-Za-z0-9_\-./\\]{1,128}$/;
/** A value must not begin or end with a space. */
const VALUE = /^(?! )[A-Za-z0-9_\-./\\@: ]{1,128}(?<! )$/;
/**
 * Only the agent may set these, because it knows its host and engine: a wrong value from a user would mislead the
 * scheduler. The operator alone decides which capacity provider's group an instance belongs to.
 */
const AGENTS_OWN = /^(?:ecs\.|com\.amazonaws\.|longshore\.)/;

/** The attributes that one call names, by container instance id. */
export type AttributesByInstance = ReadonlyMap<string, readonly Attribute[]>;

/** Checks and groups the attributes of a call. Throws InvalidParameterException. */
export function attributesByInstance(
  attributes: readonly WireAttribute[] | undefined,
  clusterName: string,
  { partition }: OperationContext,
): AttributesByInstance {
  if (!attributes?.length) throw invalid('attributes can not be empty');
  const groups = new Map<string, Attribute[]>();
  for (const { name = '', value, targetId = '' } of attributes) {
    if (targetId === '')
      throw invalid(`targetId can not be empty: attribute '${name}' must name a container instance.`);
    if (!NAME.test(name)) {
      throw invalid(`Attribute name '${name}' is invalid. Use 1 to 128 letters, digits and these: - _ . / \\`);
    }
    if (AGENTS_OWN.test(name) && name !== CAPACITY_PROVIDER_ATTRIBUTE)
      throw invalid(`Attribute '${name}' belongs to the agent and can not be changed.`);
    if (value !== undefined && !VALUE.test(value)) {
      throw invalid(
        `The value of attribute '${name}' is invalid. Use 1 to 128 letters, digits and these: - _ . / \\ @ : and spaces between.`,
      );
    }
    const id = resolveIdentifier('container-instance', targetId, { clusterName, partition });
    const group = groups.get(id) ?? [];
    groups.set(id, group);
    group.push({ name, ...defined({ value }) });
  }
  return groups;
}
