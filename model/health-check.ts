/** Health checks of a task definition. */
import type { TaskDefinition } from './task-definition.ts';

/** Some essential container is checked: then its health decides when the task counts as healthy, not time. */
export const hasEssentialHealthCheck = (definition: TaskDefinition): boolean =>
  (definition.containerDefinitions ?? []).some((c) => c.essential !== false && c.healthCheck?.command !== undefined);
