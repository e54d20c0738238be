/**
 * Parameters of a task definition that the agent does not support. RegisterTaskDefinition refuses them by name
 * and the agent refuses to launch them, so that nothing is dropped silently.
 */
import type {
  ContainerDefinition,
  ContainerOverride,
  TaskDefinition as SdkTaskDefinition,
  TaskOverride,
  Volume,
} from '@aws-sdk/client-ecs';

type Definition = Pick<
  SdkTaskDefinition,
  | 'containerDefinitions'
  | 'volumes'
  | 'pidMode'
  | 'ipcMode'
  | 'proxyConfiguration'
  | 'inferenceAccelerators'
  | 'runtimePlatform'
  | 'enableFaultInjection'
>;

/** One rule: the parameter's name, and whether a value asks for something that is not built. */
type Rule<T> = readonly [parameter: string, asked: (value: T) => boolean];

const has = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

const definitionRules: readonly Rule<Definition>[] = [
  ['proxyConfiguration', (d) => d.proxyConfiguration !== undefined],
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- refused because it is gone
  ['inferenceAccelerators', (d) => has(d.inferenceAccelerators)],
  ['enableFaultInjection', (d) => d.enableFaultInjection === true],
  [
    'runtimePlatform.operatingSystemFamily',
    (d) => d.runtimePlatform?.operatingSystemFamily?.startsWith('WIN') === true,
  ],
];

const volumeRules: readonly Rule<Volume>[] = [
  ['efsVolumeConfiguration', (v) => v.efsVolumeConfiguration !== undefined],
  ['fsxWindowsFileServerVolumeConfiguration', (v) => v.fsxWindowsFileServerVolumeConfiguration !== undefined],
  ['s3filesVolumeConfiguration', (v) => v.s3filesVolumeConfiguration !== undefined],
  ['configuredAtLaunch', (v) => v.configuredAtLaunch === true],
];

/** Log drivers that need a FireLens router. */
const UNSUPPORTED_LOG_DRIVERS: readonly string[] = ['awsfirelens'];

const containerRules: readonly Rule<ContainerDefinition>[] = [
  ['firelensConfiguration', (c) => c.firelensConfiguration !== undefined],
  ['credentialSpecs', (c) => has(c.credentialSpecs)],
  ['resourceRequirements', (c) => asksOtherThanGpus(c)],
];

const overrideRules: readonly Rule<TaskOverride>[] = [
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- refused because it is gone
  ['inferenceAcceleratorOverrides', (o) => has(o.inferenceAcceleratorOverrides)],
];

const containerOverrideRules: readonly Rule<ContainerOverride>[] = [
  ['resourceRequirements', (c) => asksOtherThanGpus(c)],
];

function asksOtherThanGpus(container: Pick<ContainerDefinition, 'resourceRequirements'>): boolean {
  return (container.resourceRequirements ?? []).some((r) => r.type !== 'GPU' || r.sharingStrategy !== undefined);
}

const broken = <T>(rules: readonly Rule<T>[], value: T, prefix: string): string[] =>
  rules.filter(([, asked]) => asked(value)).map(([parameter]) => prefix + parameter);

function logDriverOf(container: ContainerDefinition): string[] {
  const driver = container.logConfiguration?.logDriver;
  return driver !== undefined && UNSUPPORTED_LOG_DRIVERS.includes(driver)
    ? [`logConfiguration.logDriver=${driver}`]
    : [];
}

/**
 * Names the unsupported parameters that a definition uses, as paths a reader finds in its JSON, e.g.
 * `containerDefinitions[web].credentialSpecs`. Empty if the agent supports all of it.
 */
export function unsupportedParameters(definition: Definition): string[] {
  const containers = (definition.containerDefinitions ?? []).flatMap((c) => {
    const prefix = `containerDefinitions[${c.name ?? ''}].`;
    return [...broken(containerRules, c, prefix), ...logDriverOf(c).map((p) => prefix + p)];
  });
  const volumes = (definition.volumes ?? []).flatMap((v) => broken(volumeRules, v, `volumes[${v.name ?? ''}].`));
  return [...broken(definitionRules, definition, ''), ...containers, ...volumes];
}

/** The same for the overrides of a RunTask or StartTask call. */
export function unsupportedOverrides(overrides: TaskOverride): string[] {
  const containers = (overrides.containerOverrides ?? []).flatMap((c) =>
    broken(containerOverrideRules, c, `overrides.containerOverrides[${c.name ?? ''}].`),
  );
  return [...broken(overrideRules, overrides, 'overrides.'), ...containers];
}
