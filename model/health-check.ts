/** Health checks of a task definition. */
import type { TaskDefinition } from './task-definition.ts';

/** Some essential container has a health check: then health, not time, decides when the task counts as healthy. */
export const hasEssentialHealthCheck = (definition: TaskDefinition): boolean =>
  (definition.containerDefinitions ?? []).some((c) => c.essential !== false && c.healthCheck?.command !== undefined);
