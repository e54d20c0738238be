/** Tags of tasks and services: given ones, ones propagated from the task definition, and ECS-managed ones. */
import type { PropagateTags, Tag } from '@aws-sdk/client-ecs';
import { invalid } from './refusals.ts';

const PROPAGATE_TAGS: readonly string[] = ['TASK_DEFINITION', 'SERVICE', 'NONE'];

/** Returns what is propagated; the default is NONE. A standalone task has no service whose tags it could take. */
export function resolvePropagateTags(given: PropagateTags | undefined, owner: 'service' | 'call'): PropagateTags {
  if (given === undefined) return 'NONE';
  if (!PROPAGATE_TAGS.includes(given)) {
    throw invalid(`propagateTags should be one of [${PROPAGATE_TAGS.join(',')}]`);
  }
  if (given === 'SERVICE' && owner === 'call') {
    throw invalid('propagateTags SERVICE is only valid for services. Specify TASK_DEFINITION or NONE.');
  }
  return given;
}

export interface TaskTagSources {
  readonly given: readonly Tag[];
  readonly propagateTags: PropagateTags;
  readonly taskDefinitionTags: readonly Tag[];
  readonly enableECSManagedTags: boolean;
  readonly clusterName: string;
}

/** Returns the tags of a standalone task. A given tag wins over one of the definition with the same key. */
export function standaloneTaskTags(sources: TaskTagSources): Tag[] {
  const given = new Set(sources.given.map((tag) => tag.key));
  const propagated =
    sources.propagateTags === 'TASK_DEFINITION' ? sources.taskDefinitionTags.filter((tag) => !given.has(tag.key)) : [];
  const managed = sources.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: sources.clusterName }] : [];
  return [...sources.given, ...propagated, ...managed];
}
