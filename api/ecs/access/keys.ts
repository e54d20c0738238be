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
import { requestTagKeys } from '../../auth/tag-keys.ts';
import type { Access, AccessScope } from './access.ts';
import { providerArn } from './resources.ts';

/** Whoever creates a resource with tags must be allowed to tag it, as the account setting tagResourceAuthorization has it. */
export function tagOnCreate(
  createAction: string,
  resource: string,
  tags: readonly Tag[] | undefined,
): readonly Access[] {
  if (!tags?.length) return [];
  const context = { 'ecs:CreateAction': createAction, ...requestTagKeys(tags) };
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
