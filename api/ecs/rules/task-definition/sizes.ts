/**
 * Checks CPU, memory and GPUs of the task and its containers, also after a call's overrides. fargate.ts has the Fargate
 * table.
 */
import { addGpus, MOST_GPUS, readGpus, type GpuAmount } from '../../../../model/gpus.ts';
import { invalidGpus, parseCpuUnits, parseMemoryMiB } from '../../../../model/task-requirements.ts';
import type { ContainerRule, Rule } from './definition.ts';
import { containersOf, eachContainer, nameOf } from './definition.ts';

const TROUBLESHOOTING = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
/** For tasks that do not require FARGATE; its own table is stricter. */
const MIN_TASK_CPU = 128;
const MAX_TASK_CPU = 196_608;
/**
 * The least memory that the oldest supported engine starts a container with. The agent raises it to its own engine's
 * minimum.
 */
const MIN_MEMORY_MIB = 4;

const taskSizeRule: Rule = function* ({ cpu, memory }) {
  if (cpu !== undefined) {
    const units = parseCpuUnits(cpu);
    if (units === undefined || units < MIN_TASK_CPU || units > MAX_TASK_CPU) {
      yield `Invalid 'cpu' setting for task. ${TROUBLESHOOTING}`;
    }
  }
  if (memory !== undefined && (parseMemoryMiB(memory) ?? 0) < MIN_MEMORY_MIB)
    yield `Invalid 'memory' setting for task. ${TROUBLESHOOTING}`;
};

const containerSize: ContainerRule = function* (container, { memory: taskMemory }) {
  const { cpu = 0, memory, memoryReservation } = container;
  const setting = `Invalid setting for container '${nameOf(container)}'.`;
  if (cpu < 0) yield `${setting} 'cpu' must not be negative.`;
  if (taskMemory === undefined && !memory && !memoryReservation) {
    yield `${setting} At least one of 'memory' or 'memoryReservation' must be specified.`;
  }
  for (const [name, value] of Object.entries({ memory, memoryReservation })) {
    if (value !== undefined && value !== 0 && value < MIN_MEMORY_MIB) {
      yield `${setting} '${name}' must be at least ${MIN_MEMORY_MIB} MiB.`;
    }
  }
  if (memory && memoryReservation && memoryReservation > memory) {
    yield `${setting} 'memoryReservation' must not be greater than 'memory'.`;
  }
  const limit = parseMemoryMiB(taskMemory ?? '');
  if (limit !== undefined && (memory ?? memoryReservation ?? 0) > limit) {
    yield `${setting} Its memory is greater than the memory of the task.`;
  }
};

const containerSizesRule = eachContainer(containerSize);

/** The containers' reserved memory must fit into the task. Their cpu must do so on FARGATE only. */
const sumRule: Rule = function* (definition) {
  const memory = parseMemoryMiB(definition.memory ?? '');
  const reserved = containersOf(definition).reduce((sum, c) => sum + (c.memoryReservation ?? c.memory ?? 0), 0);
  if (memory !== undefined && reserved > memory) {
    yield `The containers' memory together (${reserved} MiB) is greater than the memory of the task (${memory} MiB).`;
  }
};

const containerGpus: ContainerRule = function* (container) {
  const asked = (container.resourceRequirements ?? []).filter(({ type }) => type === 'GPU');
  const counts = asked.map((requirement) => readGpus([requirement]));
  if (counts.some((count) => count === undefined || count === 0 || (count !== 'ALL' && count > MOST_GPUS))) {
    yield invalidGpus(nameOf(container));
  }
};

/** A container that takes all GPUs leaves none to another. */
const allGpusRule: Rule = function* (definition) {
  const asked = containersOf(definition).flatMap(({ resourceRequirements = [] }) =>
    resourceRequirements.filter(({ type }) => type === 'GPU'),
  );
  const total = asked.reduce<GpuAmount>((sum, requirement) => addGpus(sum, readGpus([requirement]) ?? 0), 0);
  if (total === 'ALL' && asked.length > 1) {
    yield 'A GPU resource requirement of ALL must be the only GPU resource requirement of the task.';
  }
};

/** In the order in which they are checked. */
export const SIZE_RULES: readonly Rule[] = [
  taskSizeRule,
  containerSizesRule,
  sumRule,
  eachContainer(containerGpus),
  allGpusRule,
];
