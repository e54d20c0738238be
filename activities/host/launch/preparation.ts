/** Prepares what a task needs on the host before its containers can be created: its volumes and its pause container. */
import { unsupportedOverrides, unsupportedParameters } from '../../../model/unsupported-parameters.ts';
import { defined } from '../../../model/defined.ts';
import { messageOf } from '../runtime/engine-call.ts';
import { RuntimeError } from '../runtime/types.ts';
import type { ContainerRuntime, ObservedVolume } from '../runtime/types.ts';
import type { TaskCgroups } from '../limits/task-cgroups.ts';
import { pauseContainerSpec, volumesToCreate } from './container-spec.ts';
import type { TaskBlueprint } from './container-spec.ts';
import { taskLimits } from './plan.ts';
import type { Slots } from './slots.ts';
import type { TaskAddress } from './task-report.ts';

/** Registration refuses these already, but a definition from elsewhere must not lose parts silently. */
export function refuseUnsupported(blueprint: TaskBlueprint): void {
  const unsupported = [
    ...unsupportedParameters(blueprint.definition),
    ...unsupportedOverrides(blueprint.launch.overrides),
  ];
  if (unsupported.length > 0)
    throw new RuntimeError(
      'ResourceInitializationError',
      `parameters that are not supported: ${unsupported.join(', ')}`,
    );
}

/** Creates the volumes that have their own configuration. Throws CannotCreateVolumeError. */
export async function ensureVolumes(runtime: ContainerRuntime, blueprint: TaskBlueprint): Promise<void> {
  for (const { mustExist, isShared: _, ...volume } of volumesToCreate(blueprint)) {
    if (!mustExist) await runtime.ensureVolume(volume);
    else if ((await runtime.inspectVolume(volume.name)) === undefined)
      throw new RuntimeError(
        'CannotCreateVolumeError',
        `volume ${volume.name} does not exist on the container instance`,
      );
  }
}

/** Rejects if a shared volume of the task, as the engine has it, is none that the task may mount. */
export async function checkVolumes(
  runtime: ContainerRuntime,
  blueprint: TaskBlueprint,
  check: ((volume: ObservedVolume) => Promise<void>) | undefined,
): Promise<void> {
  if (check === undefined) return;
  for (const { name, isShared } of volumesToCreate(blueprint)) {
    const found = isShared ? await runtime.inspectVolume(name) : undefined;
    if (found !== undefined) await check(found);
  }
}

/**
 * Creates the cgroup of a task with limits, and returns its parent. The pause container stays outside it: it has
 * nothing to limit, and a lack of memory must not end the network.
 */
export async function ensureCgroup(
  cgroups: TaskCgroups | undefined,
  blueprint: TaskBlueprint,
): Promise<string | undefined> {
  const limits = taskLimits(blueprint);
  if (cgroups === undefined || (limits.cpu === undefined && limits.memoryMiB === undefined)) return undefined;
  const { taskId } = blueprint.plan;
  try {
    await cgroups.ensure(taskId, limits);
  } catch (error) {
    throw new RuntimeError(
      'ResourceInitializationError',
      `cannot limit the task's cpu and memory: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return cgroups.parentOf(taskId);
}

/** Creates and starts the pause container, or finds the one of an earlier attempt. */
export async function startPauseContainer(
  runtime: ContainerRuntime,
  slots: Slots,
  blueprint: TaskBlueprint,
): Promise<{ readonly id: string; readonly address?: TaskAddress }> {
  const { network, pauseImage } = await runtime.ensureTaskNetwork();
  const id = await slots.run(async () => {
    const created = await runtime.create(pauseContainerSpec(blueprint, pauseImage, network));
    await runtime.start(created);
    return created;
  });
  const address = blueprint.plan.networkMode === 'awsvpc' ? (await runtime.inspect(id))?.address : undefined;
  return { id, ...defined({ address }) };
}

/** `<ErrorName>: <message>`, as ECS shows failures. */
export const failureText = (error: unknown): string =>
  error instanceof RuntimeError ? `${error.name}: ${error.message}` : `ContainerRuntimeError: ${messageOf(error)}`;
