/** Checks the overrides of a RunTask or StartTask call. */
import type { ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../model/errors.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { overriddenContainers, parseCpuUnits, parseMemoryMiB } from '../../../model/task-requirements.ts';
import { refusalText } from '../../../model/refusal-advice.ts';
import { unsupportedOverrides } from '../../../model/unsupported-parameters.ts';
import { SIZE_RULES } from './task-definition/sizes.ts';
import { ephemeralStorageRule } from './task-definition/task-level.ts';
import { member } from '../members.ts';
import { invalid } from './refusals.ts';
import { checkRoles } from './roles.ts';
import { environmentFileProblems, sharedName, sharedNameMessage } from './task-definition/secrets.ts';

/** ECS's limit on the length of the overrides as JSON. */
const MOST_CHARACTERS = 8192;

/**
 * Returns the overrides, checked against the definition, with task sizes as plain numbers (`1 vCPU` becomes `1024`);
 * empty if none are given.
 */
export function resolveOverrides(given: TaskOverride | undefined, definition: TaskDefinition): TaskOverride {
  if (given === undefined) return {};
  if (JSON.stringify(given).length > MOST_CHARACTERS) {
    throw invalid(`Overrides cannot be longer than ${MOST_CHARACTERS} characters.`);
  }
  const names = new Set((definition.containerDefinitions ?? []).map((container) => container.name));
  for (const override of given.containerOverrides ?? []) checkContainerOverride(override, names);
  checkRoles([given.taskRoleArn, given.executionRoleArn]);
  checkSecrets(given, definition);
  const parts = unsupportedOverrides(given);
  if (parts.length > 0) throw new EcsError('UnsupportedFeatureException', parts.map(refusalText).join(' '));
  // An empty size overrides nothing. If it stayed, the task would have no limit at all.
  const { cpu: _cpu, memory: _memory, ...rest } = given;
  const overrides = {
    ...rest,
    ...member('cpu', given.cpu || undefined),
    ...member('memory', given.memory || undefined),
  };
  checkSizes(overrides, definition);
  checkStorage(overrides, definition);
  return {
    ...overrides,
    ...(overrides.cpu === undefined ? {} : { cpu: String(parseCpuUnits(overrides.cpu)) }),
    ...(overrides.memory === undefined ? {} : { memory: String(parseMemoryMiB(overrides.memory)) }),
  };
}

/** A variable may not take the place of a secret, and files need the execution role. */
function checkSecrets({ containerOverrides = [], executionRoleArn }: TaskOverride, definition: TaskDefinition): void {
  for (const { name, environment = [], environmentFiles = [] } of containerOverrides) {
    const secrets = definition.containerDefinitions?.find((container) => container.name === name)?.secrets ?? [];
    const variables = environment.map((variable) => variable.name ?? '');
    const shared = sharedName(secrets, variables);
    if (shared !== undefined) throw new EcsError('ClientException', sharedNameMessage(shared));
    for (const message of environmentFileProblems(environmentFiles, name ?? '')) throw invalid(message);
    if (environmentFiles.length > 0 && !executionRoleArn && !definition.executionRoleArn)
      throw new EcsError(
        'ClientException',
        "When you are specifying environmentFiles, you must also specify a value for 'executionRoleArn'",
      );
  }
}

/** A call may change the size only where a definition may have one. */
function checkStorage({ ephemeralStorage }: TaskOverride, definition: TaskDefinition): void {
  const requiresCompatibilities = (definition.compatibilities ?? []).filter((each) => each === 'FARGATE');
  const { containerDefinitions } = definition;
  const asked = { ...definition, containerDefinitions, ephemeralStorage, requiresCompatibilities };
  for (const message of ephemeralStorageRule(asked)) throw invalid(message);
}

/** The definition with the overrides must obey the same rules as a definition. */
function checkSizes(overrides: TaskOverride, definition: TaskDefinition): void {
  if (!changesSizes(overrides)) return;
  const { cpu = definition.cpu, memory = definition.memory } = overrides;
  const containerDefinitions = [...overriddenContainers(definition, overrides)];
  for (const rule of SIZE_RULES) {
    for (const message of rule({ ...definition, cpu, memory, containerDefinitions })) {
      throw new EcsError('ClientException', message);
    }
  }
}

const SIZES = ['cpu', 'memory', 'memoryReservation', 'resourceRequirements'] as const;

const changesSizes = ({ cpu, memory, containerOverrides = [] }: TaskOverride): boolean =>
  cpu !== undefined ||
  memory !== undefined ||
  containerOverrides.some((override) => SIZES.some((size) => override[size] !== undefined));

function checkContainerOverride(override: ContainerOverride, names: ReadonlySet<string | undefined>): void {
  const { name } = override;
  if (name === undefined || name === '') throw invalid('A container override must name its container.');
  if (!names.has(name)) throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  const amounts = { memory: override.memory, memoryReservation: override.memoryReservation };
  for (const [part, amount] of Object.entries(amounts)) {
    if (amount === 0) throw invalid(`Invalid '${part}' override for container '${name}': it must not be 0.`);
  }
}
