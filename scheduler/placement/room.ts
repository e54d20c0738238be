/** A capacity snapshot prepared for placing many tasks of one request: typed columns that placement draws down. */
import { DEFAULT_RESERVED_PORTS } from '../../model/capacity.ts';
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { SnapshotInstance } from '../../model/cluster-query/index.ts';
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';
import { takenGpus, type GpuRoom } from '../../model/gpus.ts';
import type { Placed, PlacementRequest } from './types.ts';

/** An instance is its index in the snapshot's columns. Extends the view for queries, so that these see the placed tasks, too. */
export class Room extends SnapshotInstance {
  readonly request: PlacementRequest;
  readonly size: number;
  /** Free now, minus what this call placed. */
  readonly cpu: Float64Array;
  readonly memoryMiB: Float64Array;
  /** Tasks of the request's group on each instance, including those that this call placed. */
  readonly groupTasks: Int32Array;
  /** Tasks that this call placed. */
  readonly placedTasks: Int32Array;

  constructor(request: PlacementRequest, snapshot: CapacitySnapshot) {
    super(snapshot);
    this.request = request;
    this.size = snapshot.ids.length;
    this.cpu = Float64Array.from(snapshot.cpu);
    this.memoryMiB = Float64Array.from(snapshot.memoryMiB);
    this.groupTasks = new Int32Array(this.size);
    this.groupTasks.set(this.groupColumn(request.group) ?? []);
    this.placedTasks = new Int32Array(this.size);
  }

  get elsewhere(): CapacitySnapshot['elsewhere'] {
    return this.snapshot.elsewhere;
  }

  get providerInstances(): CapacitySnapshot['providerInstances'] {
    return this.snapshot.providerInstances;
  }

  id(instance: number): string {
    return this.snapshot.ids[instance] ?? '';
  }

  attributeOf(instance: number, name: string): string | undefined {
    this.at = instance;
    return this.attribute(name);
  }

  isConnected(instance: number): boolean {
    return this.snapshot.agentConnected[instance] ?? false;
  }

  /** The present state, after the tasks that this call has placed. */
  gpus(instance: number): GpuRoom {
    const free = this.snapshot.gpuIds[instance]?.length ?? 0;
    const placed = this.placedTasks[instance] ?? 0;
    const taken = placed === 0 ? 0 : placed * takenGpus(this.request.resources.gpus, free);
    return { free: free - taken, held: (this.snapshot.heldGpus?.[instance] ?? 0) + taken };
  }

  /** Whether a host port such as `8080/tcp` was taken or reserved before this call. */
  isPortTaken(instance: number, port: string): boolean {
    return (this.snapshot.usedPorts[instance] ?? DEFAULT_RESERVED_PORTS).includes(port);
  }

  /** Subtracts what one task of the request holds. */
  placeOn(instance: number): Placed {
    const { cpu, memoryMiB } = this.request.resources;
    this.cpu[instance] = (this.cpu[instance] ?? 0) - cpu;
    this.memoryMiB[instance] = (this.memoryMiB[instance] ?? 0) - memoryMiB;
    this.groupTasks[instance] = (this.groupTasks[instance] ?? 0) + 1;
    this.placedTasks[instance] = (this.placedTasks[instance] ?? 0) + 1;
    const availabilityZone = this.attributeOf(instance, AVAILABILITY_ZONE_ATTRIBUTE);
    return { containerInstanceId: this.id(instance), ...(availabilityZone === undefined ? {} : { availabilityZone }) };
  }

  override hasTaskOfGroup(group: string): boolean {
    return group === this.request.group ? (this.groupTasks[this.at] ?? 0) > 0 : super.hasTaskOfGroup(group);
  }

  override *taskGroups(): Iterable<string> {
    for (const group of super.taskGroups()) if (group !== this.request.group) yield group;
    if (this.hasTaskOfGroup(this.request.group)) yield this.request.group;
  }
}
