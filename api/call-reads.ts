/**
 * What a call is allowed by, and then works with: read once for each call. So nobody can change a role, register a
 * revision or put another secret in the place of one between the check and the use.
 */
import type { TaskDefinitionRecord } from '../model/task-definition.ts';
import type { SecretKey } from '../model/secrets/arn.ts';
import type { Secret } from '../model/secrets/secret.ts';
import type { IamStore, RoleRecord } from '../store/contract/iam.ts';
import type { SecretStore } from '../store/contract/secrets.ts';
import type { TaskDefinitionStore } from '../store/contract/task-definitions.ts';

type Read = Pick<IamStore, 'getRole'> &
  Pick<TaskDefinitionStore, 'getTaskDefinition'> &
  Pick<SecretStore, 'findSecret'>;

export class CallReads {
  readonly #store: Read;
  readonly #roles = new Map<string, Promise<RoleRecord>>();
  readonly #definitions = new Map<string, Promise<TaskDefinitionRecord | undefined>>();
  readonly #secrets = new Map<string, Promise<Secret | undefined>>();

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

  /** undefined if there is none. */
  secret(key: SecretKey): Promise<Secret | undefined> {
    return once(this.#secrets, `${key.arn ?? ''} ${key.name}`, () => this.#store.findSecret(key));
  }
}

function once<T>(kept: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = kept.get(key) ?? read();
  kept.set(key, found);
  return found;
}
