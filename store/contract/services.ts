/** Reading services and their history. */
import type { ServiceDeployment, ServiceDeploymentStatus, ServiceRevision } from '../../model/service-deployment.ts';
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

export interface ServiceStore {
  /** ACTIVE, DRAINING and recently INACTIVE ones, with their tags in `definition.tags`. */
  getServices(clusterName: string, names: readonly string[]): Promise<readonly ServiceRecord[]>;
  /** Newest first, at most 100. */
  getServiceEvents(clusterName: string, serviceName: string, incarnation: string): Promise<readonly ServiceEvent[]>;
  /** Names of ACTIVE services. */
  listServices(
    filter: { readonly clusterName: string; readonly launchType?: string; readonly schedulingStrategy?: string },
    page: PageRequest,
  ): Promise<Page<string>>;
}

/** Where a service's history is found. */
export interface ServiceHistoryKey {
  readonly clusterName: string;
  readonly serviceName: string;
}

export interface ServiceDeploymentFilter extends ServiceHistoryKey {
  /** None: any. */
  readonly statuses: readonly ServiceDeploymentStatus[];
  /** Both exclusive. */
  readonly createdAfter?: EpochMs;
  readonly createdBefore?: EpochMs;
}

export interface ServiceHistoryStore {
  /** Those that exist, of the service's present incarnation, in no order. */
  getServiceDeployments(key: ServiceHistoryKey, ids: readonly string[]): Promise<readonly ServiceDeployment[]>;
  getServiceRevisions(key: ServiceHistoryKey, ids: readonly string[]): Promise<readonly ServiceRevision[]>;
  /** Newest first. */
  listServiceDeployments(filter: ServiceDeploymentFilter, page: PageRequest): Promise<Page<ServiceDeployment>>;
}
