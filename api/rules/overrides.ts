/** Overrides of a RunTask or StartTask call. */
import type { ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { heldResources } from '../../model/task-requirements.ts';
import { unsupportedOverrides } from '../../model/unsupported-parameters.ts';
import { invalid, unsupported } from './refusals.ts';

/** ECS's limit on the overrides as JSON. */
const MOST_CHARACTERS = 8192;

/** The overrides, checked against the definition, task sizes as plain numbers (`1 vCPU` is `1024`); none given = empty. */
export function resolveOverrides(overrides: TaskOverride | undefined, definition: TaskDefinition): TaskOverride {
  if (overrides === undefined) return {};
  if (JSON.stringify(overrides).length > MOST_CHARACTERS) {
    throw invalid(`Overrides cannot be longer than ${MOST_CHARACTERS} characters.`);
  }
  const names = new Set((definition.containerDefinitions ?? []).map((container) => container.name));
  for (const override of overrides.containerOverrides ?? []) checkContainerOverride(override, names);
  const parts = unsupportedOverrides(overrides);
  if (parts.length > 0) throw unsupported(parts.join(', '));
  // Reads every size of the task; one that cannot be read is a ClientException.
  const { cpu, memoryMiB } = heldResources(definition, overrides);
  return {
    ...overrides,
    ...(overrides.cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(overrides.memory === undefined ? {} : { memory: String(memoryMiB) }),
  };
}

function checkContainerOverride(override: ContainerOverride, names: ReadonlySet<string | undefined>): void {
  const { name } = override;
  if (name === undefined || name === '') throw invalid('A container override must name its container.');
  if (!names.has(name)) throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  const amounts = { cpu: override.cpu, memory: override.memory, memoryReservation: override.memoryReservation };
  for (const [part, amount] of Object.entries(amounts)) {
    if (amount !== undefined && amount < 0) {
      throw invalid(`Invalid '${part}' override for container '${name}': it must not be negative.`);
    }
  }
}
