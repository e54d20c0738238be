/** The condition keys that tags give, of a request and of a resource. */
import type { ContextValues } from './policy/context.ts';

type TaggedService = 'ecs' | 'iam' | 'secretsmanager' | 'ssm';

interface Tag {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/** `aws:TagKeys` and `aws:RequestTag/KEY`: the tags that a request brings along. None if it brings none. */
export function requestTagKeys(tags: readonly Tag[] = []): ContextValues {
  if (tags.length === 0) return {};
  return { 'aws:TagKeys': tags.map(({ key = '' }) => key), ...underPrefixes(['aws:RequestTag/'], tags) };
}

/** What the keys of a resource's tags begin with. A service has its own prefix beside that of all services. */
export const resourceTagPrefixes = (service: TaggedService): readonly string[] => [
  'aws:ResourceTag/',
  // Systems Manager writes it in its own way.
  service === 'ssm' ? 'ssm:resourceTag/' : `${service}:ResourceTag/`,
];

/** The tags that a resource of the service has. */
export const resourceTagKeys = (service: TaggedService, tags: readonly Tag[]): ContextValues =>
  underPrefixes(resourceTagPrefixes(service), tags);

const underPrefixes = (prefixes: readonly string[], tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(tags.flatMap(({ key = '', value = '' }) => prefixes.map((prefix) => [`${prefix}${key}`, value])));
