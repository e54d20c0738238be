/** Task definitions as the API shows them. */
import type { TaskDefinition as WireTaskDefinition } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../../model/task-definition.ts';

/** The wire form: times as Dates. */
export function presentTaskDefinition(definition: TaskDefinition): WireTaskDefinition {
  const { registeredAt, deregisteredAt, deleteRequestedAt, ...rest } = definition;
  return {
    ...rest,
    registeredAt: new Date(registeredAt),
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: new Date(deregisteredAt) }),
    ...(deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(deleteRequestedAt) }),
  };
}
