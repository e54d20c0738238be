/** Presents task definitions. */
import type { TaskDefinition as WireTaskDefinition } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../../model/task-definition.ts';

/** The definition as the API shows it: times become Dates. */
export function presentTaskDefinition(definition: TaskDefinition): WireTaskDefinition {
  const { registeredAt, deregisteredAt, deleteRequestedAt, ...rest } = definition;
  return {
    ...rest,
    registeredAt: new Date(registeredAt),
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: new Date(deregisteredAt) }),
    ...(deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(deleteRequestedAt) }),
  };
}
