/**
 * What a call is allowed by, and then works with: read once for each call. So nobody can change a role or register a
 * revision between the check and the use.
 */
import type { TaskDefinitionRecord } from '../model/task-definition.ts';
import type { IamStore, RoleRecord } from '../store/contract/iam.ts';
import type { TaskDefinitionStore } from '../store/contract/task-definitions.ts';

type Read = Pick<IamStore, 'getRole'> & Pick<TaskDefinitionStore, 'getTaskDefinition'>;

export class CallReads {
  readonly #store: Read;
  readonly #roles = new Map<string, Promise<RoleRecord>>();
  readonly #definitions = new Map<string, Promise<TaskDefinitionRecord | undefined>>();

  constructor(store: Read) {
    this.#store = store;
  }

  /** Throws NoSuchEntity. */
  role(name: string): Promise<RoleRecord> {
    return once(this.#roles, name, () => this.#store.getRole(name));
  }

  /** Without a revision: the latest ACTIVE one of the family. */
  taskDefinition(family: string, revision: number | undefined): Promise<TaskDefinitionRecord | undefined> {
    const key = `${family}:${String(revision)}`;
    return once(this.#definitions, key, () => this.#store.getTaskDefinition(family, revision));
  }
}

function once<T>(kept: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = kept.get(key) ?? read();
  kept.set(key, found);
  return found;
}
