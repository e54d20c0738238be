/** Reads the task definitions that rows name. */
import { parseTaskDefinitionRef } from '../model/arn.ts';
import type { TaskDefinitionRecord } from '../model/task-definition.ts';
import type { Store } from '../store/contract/store.ts';

/** Reads each definition only once. */
export class DefinitionReader {
  readonly #store: Store;
  readonly #known = new Map<string, TaskDefinitionRecord>();

  constructor(store: Store) {
    this.#store = store;
  }

  async read(arns: readonly string[]): Promise<TaskDefinitionRecord[]> {
    for (const arn of new Set(arns)) {
      const ref = parseTaskDefinitionRef(arn);
      if (this.#known.has(arn) || ref?.revision === undefined) continue;
      const record = await this.#store.getTaskDefinition(ref.family, ref.revision);
      if (record) this.#known.set(arn, record);
    }
    return [...new Set(arns)].flatMap((arn) => this.#known.get(arn) ?? []);
  }
}
