/**
 * Checks the parameters of CreateCapacityProvider and UpdateCapacityProvider against ECS's limits, and adds defaults.
 */
import type { AutoScalingGroupProvider, AutoScalingGroupProviderUpdate, ManagedScaling } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { EcsError } from '../../../model/errors.ts';
import { checkArn } from './arns.ts';
import { checkName } from './names.ts';
import { invalid, unsupported } from './refusals.ts';

const RESERVED_NAME = /^(aws|ecs|fargate)/i;
const GROUP_ARN = /^arn:aws[a-z-]*:autoscaling:[a-z0-9-]*:\d*:autoScalingGroup:[^:]*:autoScalingGroupName\/.+$/;

/** The default scaling of a new provider. Nothing scales groups yet; clients may read these values. */
const DEFAULT_SCALING = {
  status: 'DISABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
} as const satisfies ManagedScaling;

const SCALING_LIMITS: readonly (readonly [keyof typeof DEFAULT_SCALING & keyof ManagedScaling, number, number])[] = [
  ['targetCapacity', 1, 100],
  ['minimumScalingStepSize', 1, 10_000],
  ['maximumScalingStepSize', 1, 10_000],
  ['instanceWarmupPeriod', 0, 10_000],
];

const SWITCH = ['ENABLED', 'DISABLED'];

export const providerNotFound = (): EcsError =>
  new EcsError(
    'ClientException',
    'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
  );

export function checkProviderName(name: string): void {
  checkName('Capacity provider name', name);
  if (RESERVED_NAME.test(name)) {
    throw new EcsError(
      'ClientException',
      'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    );
  }
}

/** Returns the name in a name or an ARN. */
export const resolveProviderName = (identifier: string, partition: Partition): string =>
  identifier.startsWith('arn:') ? checkArn('capacity-provider', identifier, partition).path.join('/') : identifier;

/** Refuses Managed Instances: another kind of provider, and the only one that belongs to one cluster. */
export function refuseManagedInstances(input: {
  readonly managedInstancesProvider?: unknown;
  readonly cluster?: string | undefined;
}): void {
  if (input.managedInstancesProvider !== undefined) throw unsupported('managedInstancesProvider');
  if (input.cluster !== undefined && input.cluster !== '') throw unsupported('cluster of a capacity provider');
}

/** The record of a new provider. The Auto Scaling group may be anywhere, so only the form of its ARN is checked. */
export function newProvider(given: AutoScalingGroupProvider | undefined): AutoScalingGroupProvider {
  const { autoScalingGroupArn = '' } = given ?? {};
  if (!GROUP_ARN.test(autoScalingGroupArn)) {
    throw new EcsError(
      'ClientException',
      'The specified Auto Scaling group ARN is invalid. Specify a valid ARN and try again.',
    );
  }
  const settled: AutoScalingGroupProvider = {
    autoScalingGroupArn,
    managedScaling: DEFAULT_SCALING,
    managedTerminationProtection: 'DISABLED',
    managedDraining: 'DISABLED',
  };
  return changedProvider(settled, given ?? {});
}

/** The provider after an update, which keeps what the update leaves out. */
export function changedProvider(
  before: AutoScalingGroupProvider,
  changes: AutoScalingGroupProviderUpdate,
): AutoScalingGroupProvider {
  const {
    managedTerminationProtection = before.managedTerminationProtection,
    managedDraining = before.managedDraining,
  } = changes;
  const managedScaling = { ...before.managedScaling, ...changes.managedScaling };
  checkScaling(managedScaling);
  if (managedTerminationProtection === 'ENABLED' && managedScaling.status !== 'ENABLED') {
    throw invalid(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.',
    );
  }
  return { ...before, managedScaling, managedTerminationProtection, managedDraining };
}

function checkScaling(scaling: ManagedScaling): void {
  if (!SWITCH.includes(scaling.status ?? ''))
    throw invalid(`managedScaling status should be one of [${SWITCH.join(',')}]`);
  for (const [name, least, most] of SCALING_LIMITS) {
    const value = scaling[name] as number | undefined;
    if (value !== undefined && (value < least || value > most)) {
      throw invalid(`managedScaling ${name} must be between ${least} and ${most}.`);
    }
  }
  const { minimumScalingStepSize: least = 1, maximumScalingStepSize: most = 10_000 } = scaling;
  if (least > most) throw invalid('managedScaling minimumScalingStepSize must not be above maximumScalingStepSize.');
}
