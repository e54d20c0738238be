/** The attributes of a registering instance. */
import type { Attribute as WireAttribute } from '@aws-sdk/client-ecs';
import type { Attribute, ContainerInstance } from '../../../../model/container-instance.ts';
import { EcsError } from '../../../../model/errors.ts';
import { member } from '../../members.ts';
import { invalid } from '../../rules/refusals.ts';

const NAME = /^[A-Za-z0-9_\-./\\]{1,128}$/;
const MOST_VALUE_CHARACTERS = 128;
const INSTANCE_TYPE = 'ecs.instance-type';

/** Keeps names and values only. If two have one name, the last one counts: those of an identity document come last. */
export function resolveAttributes(given: readonly WireAttribute[]): Attribute[] {
  const byName = new Map<string, Attribute>();
  for (const { name = '', value } of given) {
    if (!NAME.test(name)) throw invalid(`Attribute name '${name}' is invalid.`);
    if ((value ?? '').length > MOST_VALUE_CHARACTERS) throw invalid(`The value of attribute '${name}' is too long.`);
    byName.set(name, { name, ...member('value', value) });
  }
  return [...byName.values()];
}

/**
 * An instance that registers again keeps its identity, so it must still be the same type of machine. Throws
 * ClientException.
 */
export function checkInstanceType(before: ContainerInstance | undefined, attributes: readonly Attribute[]): void {
  const typeOf = (list: readonly Attribute[]): string | undefined =>
    list.find((attribute) => attribute.name === INSTANCE_TYPE)?.value;
  const earlier = before === undefined ? undefined : typeOf(before.attributes);
  if (earlier !== undefined && typeOf(attributes) !== earlier) {
    throw new EcsError('ClientException', 'Container instance type changes are not supported.');
  }
}
