/** What a task asks of a container instance, read from its definition and the overrides of the call. */
import type {
  ContainerDefinition,
  ContainerOverride,
  PlacementConstraint,
  PlacementStrategy,
  ResourceRequirement,
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
import { EcsError } from './errors.ts';
import { readConstraint, readStrategy } from './placement-rules.ts';
import type { TaskDefinition } from './task-definition.ts';
import type { HeldResources } from './task.ts';

/** Task-level cpu in units of 1/1024 core: `256`, `1 vCPU`, `.5 vCPU`. Undefined when the text is neither. */
export const parseCpuUnits = (text: string): number | undefined => parseQuantity(text, /^vcpu$/i);

/** Task-level memory in MiB: `512`, `1GB`, `0.5 GB`. Undefined when the text is neither. */
export const parseMemoryMiB = (text: string): number | undefined => parseQuantity(text, /^gb$/i);

/** A whole number, or a decimal one with the unit that stands for 1024. */
function parseQuantity(text: string, unit: RegExp): number | undefined {
  const match = /^\s*(\d{1,9}|\d{0,6}\.\d{1,9})\s*([a-z]*)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, amount = '', suffix = ''] = match;
  if (suffix === '') return amount.includes('.') ? undefined : Number(amount);
  const quantity = Number(amount) * 1024;
  return unit.test(suffix) && Number.isInteger(quantity) ? quantity : undefined;
}

/**
 * What one task holds of its instance until it is STOPPED: the task-level size where there is one, else the sum over
 * containers, each overridden by the call. Dynamic host ports and port ranges hold nothing.
 * @throws EcsError ClientException when a size or a GPU count cannot be read.
 */
export function heldResources(definition: TaskDefinition, overrides: TaskOverride): HeldResources {
  const containers = (definition.containerDefinitions ?? []).map((container) => withOverride(container, overrides));
  return {
    cpu: taskSize('cpu', overrides.cpu ?? definition.cpu, parseCpuUnits) ?? sum(containers, ({ cpu }) => cpu),
    memoryMiB:
      taskSize('memory', overrides.memory ?? definition.memory, parseMemoryMiB) ??
      sum(containers, ({ memory, memoryReservation }) => memoryReservation ?? memory),
    ports: staticHostPorts(definition),
    gpus: sum(containers, gpuCount),
  };
}

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
): number | undefined {
  if (text === undefined || text === '') return undefined;
  const size = parse(text);
  if (size !== undefined) return size;
  throw new EcsError(
    'ClientException',
    `Invalid '${member}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
}

const sum = (
  containers: readonly ContainerDefinition[],
  amountOf: (container: ContainerDefinition) => number | undefined,
): number => containers.reduce((total, container) => total + (amountOf(container) ?? 0), 0);

/** `ALL` is refused: how many that is depends on the instance, and a task's size must not. */
function gpuCount({ name, resourceRequirements }: ContainerDefinition): number {
  const wanted = (resourceRequirements ?? []).filter((requirement) => requirement.type === 'GPU');
  return wanted.reduce((total, requirement) => total + wholeGpus(name, requirement), 0);
}

function wholeGpus(container: string | undefined, { value }: ResourceRequirement): number {
  if (/^\d{1,4}$/.test(value ?? '')) return Number(value);
  throw new EcsError(
    'ClientException',
    `Invalid GPU resource requirement '${value ?? ''}' of container ${container ?? ''}. Specify the number of GPUs.`,
  );
}

/** As `8080/tcp`. Only bridge and host mode share the instance's ports; in host mode the container's port is the host's. */
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
 * zone, the one that offers FARGATE, and the one that a capacity provider is known by.
 * @throws EcsError InvalidParameterException when a constraint or strategy is malformed.
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

/**
 * Task groups beside the request's own that a snapshot must count: `otherGroups` and `everyGroup` of a SnapshotRequest.
 * @throws EcsError InvalidParameterException when a constraint is malformed.
 */
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

/**
 * The queries of the memberOf constraints.
 * @throws EcsError InvalidParameterException when a constraint is malformed.
 */
export function memberOfQueries(constraints: readonly PlacementConstraint[]): readonly ClusterQuery[] {
  return constraints.map(readConstraint).flatMap((rule) => (rule.kind === 'memberOf' ? [rule.query] : []));
}
