/** One entry of a capacity snapshot's columns, as an instance that queries can read. */
import type { AttributeColumn, CapacitySnapshot } from '../capacity.ts';
import { EC2_INSTANCE_ID_ATTRIBUTE } from '../container-instance.ts';
import type { EpochMs } from '../time.ts';
import { evaluateClusterQuery } from './evaluate.ts';
import type { QueryInstance } from './evaluate.ts';
import type { ClusterQuery } from './syntax.ts';

/** The value of instance `i`: '' for an attribute with a name only, undefined when the instance lacks it. */
function columnValue(column: AttributeColumn | undefined, i: number): string | undefined {
  const index = column?.index[i] ?? -1;
  return index < 0 ? undefined : column?.values[index];
}

/** A view that moves from instance to instance by setting `at`, so that no instance needs an object. */
export class SnapshotInstance implements QueryInstance {
  at = 0;
  protected readonly snapshot: CapacitySnapshot;
  readonly #columns: ReadonlyMap<string, AttributeColumn>;
  readonly #groups: ReadonlyMap<string, readonly number[]>;

  constructor(snapshot: CapacitySnapshot) {
    this.snapshot = snapshot;
    this.#columns = new Map(Object.entries(snapshot.attributes));
    this.#groups = new Map(Object.entries(snapshot.groupTasks));
  }

  get agentConnected(): boolean {
    return this.snapshot.agentConnected[this.at] ?? false;
  }
  get agentVersion(): string {
    return columnValue(this.snapshot.agentVersion, this.at) ?? '';
  }
  get ec2InstanceId(): string | undefined {
    return this.attribute(EC2_INSTANCE_ID_ATTRIBUTE);
  }
  get registeredAt(): EpochMs {
    return this.snapshot.registeredAt[this.at] ?? 0;
  }
  get runningTasksCount(): number {
    return this.snapshot.runningTasksCount[this.at] ?? 0;
  }
  attribute(name: string): string | undefined {
    return columnValue(this.#columns.get(name), this.at);
  }
  has(name: string): boolean {
    return this.attribute(name) !== undefined;
  }
  hasTaskOfGroup(group: string): boolean {
    return (this.groupColumn(group)?.[this.at] ?? 0) > 0;
  }
  *taskGroups(): Iterable<string> {
    for (const [group, tasks] of this.#groups) if ((tasks[this.at] ?? 0) > 0) yield group;
  }
  protected groupColumn(group: string): readonly number[] | undefined {
    return this.#groups.get(group);
  }
}

/** Ids of the snapshot's instances that satisfy the query, in the snapshot's order. */
export function queryInstances(query: ClusterQuery, snapshot: CapacitySnapshot): readonly string[] {
  const instance = new SnapshotInstance(snapshot);
  return snapshot.ids.filter((_, i) => {
    instance.at = i;
    return evaluateClusterQuery(query, instance);
  });
}
