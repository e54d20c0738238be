/** The interface for container instances and their attributes. */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import type { Attribute, CountedInstance } from '../../model/container-instance.ts';
import type { CallCause } from '../../model/decision.ts';
import type { InstanceStatus } from '../../model/status.ts';
import type { Page, PageRequest } from './page.ts';

export interface InstanceStore {
  getInstances(clusterName: string, ids: readonly string[]): Promise<readonly CountedInstance[]>;
  listInstances(
    filter: { readonly clusterName: string; readonly status?: InstanceStatus },
    page: PageRequest,
  ): Promise<Page<string>>;
  /**
   * ACTIVE instances of all clusters that are connected, or were until `withinMs` before the last change of any
   * instance. If it is read before agents reconnect, these are the ones that were connected when the control plane went
   * away.
   */
  listLastConnected(withinMs: number): Promise<readonly string[]>;
  /**
   * Every instance that is not INACTIVE, with what the cluster query language can use, for `filter` of
   * ListContainerInstances.
   */
  snapshotForQuery(clusterName: string, status?: InstanceStatus): Promise<CapacitySnapshot>;
  /** `cause`: the call, for the record. */
  putAttributes(
    clusterName: string,
    instanceId: string,
    attributes: readonly Attribute[],
    cause?: CallCause,
  ): Promise<void>;
  deleteAttributes(
    clusterName: string,
    instanceId: string,
    attributes: readonly Attribute[],
    cause?: CallCause,
  ): Promise<readonly Attribute[]>;
  listAttributes(
    filter: { readonly clusterName: string; readonly name?: string; readonly value?: string },
    page: PageRequest,
  ): Promise<Page<{ readonly instanceId: string; readonly attribute: Attribute }>>;
}
