/** The interface that reads services and their history. */
import type { ServiceDeployment, ServiceDeploymentStatus, ServiceRevision } from '../../model/service-deployment.ts';
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

export interface ServiceStore {
  /** ACTIVE, DRAINING and recently INACTIVE services, with their tags in `definition.tags`. */
  getServices(clusterName: string, names: readonly string[]): Promise<readonly ServiceRecord[]>;
  /** Events, newest first, at most 100. */
  getServiceEvents(clusterName: string, serviceName: string, incarnation: string): Promise<readonly ServiceEvent[]>;
  /** Names of ACTIVE services. */
  listServices(
    filter: { readonly clusterName: string; readonly launchType?: string; readonly schedulingStrategy?: string },
    page: PageRequest,
  ): Promise<Page<string>>;
}

/** Identifies a service's history. */
export interface ServiceHistoryKey {
  readonly clusterName: string;
  readonly serviceName: string;
}

export interface ServiceDeploymentFilter extends ServiceHistoryKey {
  /** An empty list matches any. */
  readonly statuses: readonly ServiceDeploymentStatus[];
  /** Both bounds are exclusive. */
  readonly createdAfter?: EpochMs;
  readonly createdBefore?: EpochMs;
}

export interface ServiceHistoryStore {
  /** The service deployments that exist, of the service's present incarnation, in no order. */
  getServiceDeployments(key: ServiceHistoryKey, ids: readonly string[]): Promise<readonly ServiceDeployment[]>;
  getServiceRevisions(key: ServiceHistoryKey, ids: readonly string[]): Promise<readonly ServiceRevision[]>;
  /** Service deployments, newest first. */
  listServiceDeployments(filter: ServiceDeploymentFilter, page: PageRequest): Promise<Page<ServiceDeployment>>;
}
