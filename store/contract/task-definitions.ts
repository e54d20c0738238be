/** The interface for task definitions and their families. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { TaskDefinition, TaskDefinitionRecord } from '../../model/task-definition.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

export interface TaskDefinitionStore {
  /** Takes the family's next revision number, which is never reused, and stores `build(revision)`. */
  registerTaskDefinition(
    family: string,
    build: (revision: number) => TaskDefinition,
    tags: readonly Tag[],
  ): Promise<TaskDefinitionRecord>;
  /** Without a revision, returns the family's latest ACTIVE one. */
  getTaskDefinition(family: string, revision?: number): Promise<TaskDefinitionRecord | undefined>;
  listTaskDefinitions(
    filter: { readonly family?: string; readonly status: string; readonly sort: 'ASC' | 'DESC' },
    page: PageRequest,
  ): Promise<Page<{ readonly family: string; readonly revision: number }>>;
  listFamilies(
    filter: { readonly prefix?: string; readonly status: 'ACTIVE' | 'INACTIVE' | 'ALL' },
    page: PageRequest,
  ): Promise<Page<string>>;
  /** ACTIVE → INACTIVE; an INACTIVE one stays as it is. undefined if it does not exist. */
  deregisterTaskDefinition(family: string, revision: number, at: EpochMs): Promise<TaskDefinitionRecord | undefined>;
  /** INACTIVE → DELETE_IN_PROGRESS; removed at once if no task or deployment refers to it. */
  deleteTaskDefinition(family: string, revision: number, at: EpochMs): Promise<TaskDefinitionRecord | undefined>;
}
