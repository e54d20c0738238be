/** Condition keys that several requests give. A member that a request leaves out gives no key, unless ECS has a default. */
import type {
  CapacityProviderStrategyItem,
  NetworkConfiguration,
  ServiceVolumeConfiguration,
  Tag,
  TaskVolumeConfiguration,
} from '@aws-sdk/client-ecs';
import { defined } from '../../../model/defined.ts';
import { parseCpuUnits, parseMemoryMiB } from '../../../model/task-requirements.ts';
import type { ContextValues } from '../../auth/policy/context.ts';
import type { Access, AccessScope } from './access.ts';
import { providerArn } from './resources.ts';

/** `aws:TagKeys` and `aws:RequestTag/KEY`. */
export function requestTags(tags: readonly Tag[] | undefined): ContextValues {
  if (!tags?.length) return {};
  return {
    'aws:TagKeys': tags.map(({ key = '' }) => key),
    ...Object.fromEntries(tags.map(({ key = '', value = '' }) => [`aws:RequestTag/${key}`, value])),
  };
}

/** What the names of the keys begin with that need the tags of a resource, for `lookAt`. */
export const RESOURCE_TAG_KEYS = ['aws:ResourceTag/', 'ecs:ResourceTag/'] as const;

/** The keys of one resource's tags, once they have been read. */
export const resourceTags = (tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(
    tags.flatMap(({ key = '', value = '' }) => RESOURCE_TAG_KEYS.map((prefix) => [`${prefix}${key}`, value])),
  );

/** Whoever creates a resource with tags must be allowed to tag it, as the account setting tagResourceAuthorization has it. */
export function tagOnCreate(
  createAction: string,
  resource: string,
  tags: readonly Tag[] | undefined,
): readonly Access[] {
  if (!tags?.length) return [];
  const context = { 'ecs:CreateAction': createAction, ...requestTags(tags) };
  return [{ action: 'ecs:TagResource', resources: [resource], context, tagged: false }];
}

export const flag = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/** `ecs:capacity-provider`: the providers' ARNs. */
export const providerKeys = (names: readonly string[] | undefined, scope: AccessScope): ContextValues =>
  names?.length ? { 'ecs:capacity-provider': names.map((name) => providerArn(name, scope)) } : {};

export const strategyKeys = (
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
  scope: AccessScope,
): ContextValues =>
  providerKeys(
    strategy?.map(({ capacityProvider = '' }) => capacityProvider),
    scope,
  );

/** `ecs:task-cpu` in CPU units and `ecs:task-memory` in MiB. A size that is none gives no key: the operation refuses it. */
export function sizeKeys({ cpu, memory }: { cpu?: string | undefined; memory?: string | undefined }): ContextValues {
  const units = cpu === undefined ? undefined : parseCpuUnits(cpu);
  const mebibytes = memory === undefined ? undefined : parseMemoryMiB(memory);
  return defined({ 'ecs:task-cpu': units?.toString(), 'ecs:task-memory': mebibytes?.toString() });
}

export function networkKeys(network: NetworkConfiguration | undefined): ContextValues {
  const awsvpc = network?.awsvpcConfiguration;
  if (awsvpc === undefined) return {};
  return {
    'ecs:auto-assign-public-ip': String(awsvpc.assignPublicIp === 'ENABLED'),
    'ecs:subnet': awsvpc.subnets ?? [],
  };
}

type Volumes = readonly (TaskVolumeConfiguration | ServiceVolumeConfiguration)[] | undefined;

/** `ecs:enable-ebs-volumes`: whether one of the volumes is a managed EBS volume. */
export const ebsVolumes = (volumes: Volumes): boolean =>
  (volumes ?? []).some(({ managedEBSVolume }) => managedEBSVolume !== undefined);

export const volumeRoles = (volumes: Volumes): readonly (string | undefined)[] =>
  (volumes ?? []).map(({ managedEBSVolume }) => managedEBSVolume?.roleArn);
