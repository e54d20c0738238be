/** Refuses what FARGATE tasks may not have, and checks their sizes. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { parseCpuUnits, parseMemoryMiB } from '../../../../model/task-requirements.ts';
import type { Definition, Rule } from './definition.ts';
import { containersOf, isEmpty, nameOf, outside } from './definition.ts';
import { fargateLoggingRule } from './logging.ts';

/** cpu → least memory, greatest memory and the steps between, in MiB. */
const SIZES: Readonly<Record<number, readonly [least: number, most: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};
/** The smallest cpu takes only these amounts of memory, and none between them. */
const SMALLEST_CPU = 256;
const SMALLEST_MEMORIES = [512, 1024, 2048];
const LOG_DRIVERS = ['awslogs', 'splunk', 'awsfirelens'];
const CAPABILITIES = ['SYS_PTRACE'];
const MAX_TIMEOUT_SECONDS = 120;

export const fargateRule: Rule = function* (definition) {
  if (definition.networkMode !== 'awsvpc') yield 'Fargate only supports network mode ‘awsvpc’.';
  yield* fargateSizeRule(definition);
  yield* taskParameters(definition);
  for (const container of containersOf(definition)) yield* containerParameters(container);
  yield* fargateLoggingRule(definition);
};

/** Checks what a call may override: the task's own cpu and memory, and its containers' cpu. */
export const fargateSizeRule: Rule = function* (definition) {
  const { cpu, memory } = definition;
  if (cpu === undefined) yield "Fargate requires that 'cpu' be defined at the task level";
  if (memory === undefined) yield "Fargate requires that 'memory' be defined at the task level";
  const units = parseCpuUnits(cpu ?? '') ?? 0;
  if (!isSize(units, parseMemoryMiB(memory ?? '') ?? 0)) yield 'No Fargate configuration exists for given values.';
  yield* cpuSum(definition);
};

/** On other compute, a container's cpu is a share, and shares may add up to more than the task has. */
function* cpuSum(definition: Definition): Iterable<string> {
  const cpu = parseCpuUnits(definition.cpu ?? '');
  const shares = containersOf(definition).reduce((sum, container) => sum + (container.cpu ?? 0), 0);
  if (cpu !== undefined && shares > cpu) {
    yield `The containers' cpu together (${shares}) is greater than the cpu of the task (${cpu}).`;
  }
}

function isSize(cpu: number, memoryMiB: number): boolean {
  if (cpu === SMALLEST_CPU) return SMALLEST_MEMORIES.includes(memoryMiB);
  const range = SIZES[cpu];
  if (range === undefined) return false;
  const [least, most, step] = range;
  return memoryMiB >= least && memoryMiB <= most && (memoryMiB - least) % step === 0;
}

function* taskParameters(definition: Definition): Iterable<string> {
  const { pidMode, ipcMode, placementConstraints, volumes = [] } = definition;
  if (pidMode !== undefined && pidMode !== 'task') {
    yield `Tasks using the Fargate launch type do not support pidMode '${pidMode}'. The supported value for pidMode is 'task'.`;
  }
  if (ipcMode !== undefined) yield 'Fargate compatible task definitions do not support ipcMode';
  if (!isEmpty(placementConstraints)) yield 'Fargate compatible task definitions do not support placementConstraints';
  for (const { host, dockerVolumeConfiguration } of volumes) {
    if (dockerVolumeConfiguration !== undefined) {
      yield 'Fargate compatible task definitions do not support dockerVolumeConfiguration';
    }
    if (host?.sourcePath !== undefined) yield 'Fargate compatible task definitions do not support sourcePath';
  }
}

function* containerParameters(container: ContainerDefinition): Iterable<string> {
  const { linuxParameters, logConfiguration } = container;
  const parameters = {
    privileged: container.privileged === true,
    links: !isEmpty(container.links),
    dockerSecurityOptions: !isEmpty(container.dockerSecurityOptions),
    devices: !isEmpty(linuxParameters?.devices),
    sharedMemorySize: linuxParameters?.sharedMemorySize !== undefined,
    maxSwap: linuxParameters?.maxSwap !== undefined,
    swappiness: linuxParameters?.swappiness !== undefined,
    resourceRequirements: !isEmpty(container.resourceRequirements),
  };
  for (const [name, asked] of Object.entries(parameters)) {
    if (asked) yield `Fargate compatible task definitions do not support ${name}`;
  }
  const added = linuxParameters?.capabilities?.add ?? [];
  if (added.some((capability) => !CAPABILITIES.includes(capability))) {
    yield `Fargate compatible task definitions do not support adding capabilities other than ${CAPABILITIES.join(', ')}`;
  }
  if (logConfiguration?.logDriver !== undefined && !LOG_DRIVERS.includes(logConfiguration.logDriver)) {
    yield `Fargate compatible task definitions do not support log driver ${logConfiguration.logDriver}. The supported ones are ${LOG_DRIVERS.join(', ')}.`;
  }
  const of = `of container '${nameOf(container)}' of a Fargate compatible task definition`;
  yield* outside(`The stopTimeout ${of}`, container.stopTimeout, [0, MAX_TIMEOUT_SECONDS]);
  yield* outside(`The startTimeout ${of}`, container.startTimeout, [2, MAX_TIMEOUT_SECONDS]);
}
