/** What a task requires of a container instance, from its definition and the call's overrides. */
import type {
  ContainerDefinition,
  ContainerOverride,
  PlacementConstraint,
  PlacementStrategy,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import { attributeNames, groupNames, looksAtEveryGroup } from './cluster-query/index.ts';
import type { ClusterQuery } from './cluster-query/index.ts';
import {
  AVAILABILITY_ZONE_ATTRIBUTE,
  CAPACITY_PROVIDER_ATTRIBUTE,
  FARGATE_ATTRIBUTE,
  FARGATE_SPOT_ATTRIBUTE,
} from './container-instance.ts';
import type { Attribute } from './container-instance.ts';
import { addGpus, MOST_GPUS, readGpus, type GpuAmount } from './gpus.ts';
import { readConstraint, readStrategy } from './placement-rules.ts';
import type { TaskDefinition } from './task-definition.ts';
import type { HeldResources } from './task.ts';
import { unreadable, type Unreadable } from './unreadable.ts';

/** Task-level cpu in units of 1/1024 core: `256`, `1 vCPU`, `.5 vCPU`. Undefined when the text is neither. */
export const parseCpuUnits = (text: string): number | undefined => parseQuantity(text, /^vcpu$/i);

/** Task-level memory in MiB: `512`, `1GB`, `0.5 GB`. Undefined when the text is neither. */
export const parseMemoryMiB = (text: string): number | undefined => parseQuantity(text, /^gb$/i);

/** A whole number, or a decimal number with the unit that means 1024. */
function parseQuantity(text: string, unit: RegExp): number | undefined {
  const match = /^\s*(\d{1,9}|\d{0,6}\.\d{1,9})\s*([a-z]*)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, amount = '', suffix = ''] = match;
  if (suffix === '') return amount.includes('.') ? undefined : Number(amount);
  const quantity = Number(amount) * 1024;
  return unit.test(suffix) && Number.isInteger(quantity) ? quantity : undefined;
}

/** The ledger's columns hold no more, and no instance has more: a task that requires this much finds no place. */
const MOST_HELD = 2 ** 31 - 1;

/**
 * What one task holds of its instance until it is STOPPED: the task-level size if there is one, else the sum over
 * containers with the call's overrides; memory includes tmpfs mounts and shared memory. Dynamic host ports
 * and port ranges hold nothing. Never throws: workflows read definitions that an older version accepted.
 */
export function heldResources(definition: TaskDefinition, overrides: TaskOverride): HeldResources | Unreadable {
  const containers = overriddenContainers(definition, overrides);
  const cpu = taskSize('cpu', overrides.cpu ?? definition.cpu, parseCpuUnits) ?? sum(containers, cpuOf);
  const memoryMiB =
    taskSize('memory', overrides.memory ?? definition.memory, parseMemoryMiB) ?? sum(containers, memoryWithMounts);
  const gpus = gpusOf(containers);
  if (typeof cpu === 'object') return cpu;
  if (typeof memoryMiB === 'object') return memoryMiB;
  if (typeof gpus === 'object') return gpus;
  return { cpu, memoryMiB, ports: staticHostPorts(definition), gpus };
}

/** The definition's containers with the call's sizes and GPUs. */
export const overriddenContainers = (
  { containerDefinitions = [] }: Pick<TaskDefinition, 'containerDefinitions'>,
  overrides: TaskOverride,
): readonly ContainerDefinition[] => containerDefinitions.map((container) => withOverride(container, overrides));

function withOverride(container: ContainerDefinition, overrides: TaskOverride): ContainerDefinition {
  const override: ContainerOverride | undefined = overrides.containerOverrides?.find((o) => o.name === container.name);
  if (!override) return container;
  return {
    ...container,
    cpu: override.cpu ?? container.cpu,
    memory: override.memory ?? container.memory,
    memoryReservation: override.memoryReservation ?? container.memoryReservation,
    resourceRequirements: override.resourceRequirements ?? container.resourceRequirements,
  };
}

function taskSize(
  member: 'cpu' | 'memory',
  text: string | undefined,
  parse: (text: string) => number | undefined,
): number | Unreadable | undefined {
  if (text === undefined || text === '') return undefined;
  const size = parse(text);
  if (size !== undefined) return Math.min(size, MOST_HELD);
  return unreadable(
    `Invalid '${member}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
}

const cpuOf = ({ cpu }: ContainerDefinition): number => cpu ?? 0;

const memoryOfProcesses = ({ memory, memoryReservation }: ContainerDefinition): number =>
  memoryReservation ?? memory ?? 0;

/** Mounts in memory and shared memory count on top of what the container's processes require. */
const memoryWithMounts = (container: ContainerDefinition): number =>
  memoryOfProcesses(container) + mountedMemory(container);

/** A container's tmpfs mounts and shared memory, in MiB. */
function mountedMemory({ linuxParameters }: ContainerDefinition): number {
  const mounts = (linuxParameters?.tmpfs ?? []).reduce((total, { size }) => total + (size ?? 0), 0);
  return mounts + (linuxParameters?.sharedMemorySize ?? 0);
}

const sum = (
  containers: readonly ContainerDefinition[],
  amountOf: (container: ContainerDefinition) => number,
): number =>
  Math.min(
    containers.reduce((total, container) => total + Math.max(0, amountOf(container)), 0),
    MOST_HELD,
  );

function gpusOf(containers: readonly ContainerDefinition[]): GpuAmount | Unreadable {
  let total: GpuAmount = 0;
  for (const { name, resourceRequirements } of containers) {
    const gpus = readGpus(resourceRequirements);
    if (gpus === undefined) return unreadable(invalidGpus(name ?? ''));
    total = addGpus(total, gpus);
  }
  return total;
}

/** The message about a GPU requirement that is neither a number nor `ALL`. */
export const invalidGpus = (container: string): string =>
  `Invalid GPU resource requirement of container '${container}'. Specify the number of GPUs, from 1 to ${MOST_GPUS}, or ALL.`;

/** Such as `8080/tcp`. Only bridge and host mode share the instance's ports; in host mode the container's port is the host's. */
function staticHostPorts({ networkMode = 'bridge', containerDefinitions = [] }: TaskDefinition): readonly string[] {
  if (networkMode !== 'bridge' && networkMode !== 'host') return [];
  const ports = new Set<string>();
  for (const mapping of containerDefinitions.flatMap(({ portMappings }) => portMappings ?? [])) {
    if (mapping.containerPortRange !== undefined) continue;
    const port = networkMode === 'host' ? mapping.hostPort || mapping.containerPort : mapping.hostPort;
    if (port) ports.add(`${port}/${mapping.protocol ?? 'tcp'}`);
  }
  return [...ports];
}

/** The part of a placement request that decides what a snapshot must contain. */
export interface PlacementNeeds {
  readonly requiredAttributes: readonly Attribute[];
  readonly constraints: readonly PlacementConstraint[];
  readonly strategies: readonly PlacementStrategy[];
  readonly capacityProviderName?: string;
}

/**
 * Names of the attributes that a snapshot must contain, sorted: those of requirements, constraints and strategies, the
 * zone, the attribute that offers FARGATE, and that of the capacity provider. An unreadable part names none.
 */
export function snapshotAttributeNames(needs: PlacementNeeds): readonly string[] {
  const names = new Set([AVAILABILITY_ZONE_ATTRIBUTE, FARGATE_ATTRIBUTE]);
  for (const name of providerAttributes(needs.capacityProviderName)) names.add(name);
  for (const { name } of needs.requiredAttributes) names.add(name);
  for (const query of memberOfQueries(needs.constraints)) attributeNames(query).forEach((name) => names.add(name));
  for (const strategy of needs.strategies.map(readStrategy)) {
    if (strategy.kind === 'spreadOverAttribute') names.add(strategy.attribute);
  }
  return [...names].sort();
}

function providerAttributes(name: string | undefined): readonly string[] {
  if (name === undefined || name === 'FARGATE') return [];
  return [name === 'FARGATE_SPOT' ? FARGATE_SPOT_ATTRIBUTE : CAPACITY_PROVIDER_ATTRIBUTE];
}

/** Task groups beside the request's own that a snapshot must count: `otherGroups` and `everyGroup` of a SnapshotRequest. */
export function snapshotGroups(constraints: readonly PlacementConstraint[]): {
  readonly otherGroups: readonly string[];
  readonly everyGroup: boolean;
} {
  const queries = memberOfQueries(constraints);
  return {
    otherGroups: [...new Set(queries.flatMap(groupNames))].sort(),
    everyGroup: queries.some(looksAtEveryGroup),
  };
}

/** The queries of the memberOf constraints that can be read. */
export function memberOfQueries(constraints: readonly PlacementConstraint[]): readonly ClusterQuery[] {
  return constraints.map(readConstraint).flatMap((rule) => (rule.kind === 'memberOf' ? [rule.query] : []));
}
