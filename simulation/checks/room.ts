/** Tells which instances have room for a task of some kind now. */
import {
  CAPACITY_PROVIDER_ATTRIBUTE,
  FARGATE_ATTRIBUTE,
  FARGATE_SPOT_ATTRIBUTE,
  type CountedInstance,
} from '../../model/container-instance.ts';
import type { TaskKind } from '../scenario/scenario.ts';
import type { Observation } from './observation.ts';

export const familyOf = (arn: string): string => /task-definition\/([^:]+):/.exec(arn)?.[1] ?? '';

export const takingWork = ({ instances }: Observation): readonly CountedInstance[] =>
  [...instances.values()].filter((instance) => instance.status === 'ACTIVE' && instance.agentConnected);

/** Instances of any provider. */
export const roomFor = (kind: TaskKind | undefined, now: Observation): readonly CountedInstance[] =>
  kind === undefined ? [] : takingWork(now).filter((instance) => isRoomy(instance, kind));

function isRoomy({ remaining, attributes }: CountedInstance, { cpu, memory, hostPort, fargate }: TaskKind): boolean {
  return (
    remaining.cpu >= cpu &&
    remaining.memoryMiB >= memory &&
    (hostPort === undefined || !remaining.usedPorts.includes(`${hostPort}/tcp`)) &&
    (!fargate || attributes.some(({ name }) => name === FARGATE_ATTRIBUTE))
  );
}

/** Whether the instance belongs to the provider; without a provider every instance does. */
export function isOffering({ attributes }: CountedInstance, provider: string | undefined): boolean {
  const has = (wanted: string, value?: string): boolean =>
    attributes.some((attribute) => attribute.name === wanted && (value === undefined || attribute.value === value));
  if (provider === undefined) return true;
  if (provider === 'FARGATE') return has(FARGATE_ATTRIBUTE);
  if (provider === 'FARGATE_SPOT') return has(FARGATE_SPOT_ATTRIBUTE);
  return has(CAPACITY_PROVIDER_ATTRIBUTE, provider);
}
