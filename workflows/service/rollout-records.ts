/** Which service deployments and revisions are new or changed since the last write. */
import type { RolloutRecord } from '../../model/owner-record.ts';
import { hasEnded } from '../../scheduler/rollout/deployment-status.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';
import { serviceRevision, withEnds } from './rollout.ts';

export class RolloutRecords {
  /** Versions queued, by id. A new run writes what it finds once more, which changes nothing. */
  readonly #deployments = new Map<string, number>();
  /** Known digests of revisions queued, by id. */
  readonly #revisions = new Map<string, number>();

  /** What is to be written now. Takes what has ended, but for the current one, out of the state. */
  take(state: ServiceState, tasks: readonly ServiceOwnedTask[]): RolloutRecord | undefined {
    const { serviceDeployments: list } = state;
    if (list === undefined) return undefined;
    const ended = withEnds(list, state, tasks);
    const serviceDeployments = ended.filter(
      ({ serviceDeploymentId, version }) => this.#deployments.get(serviceDeploymentId) !== version,
    );
    for (const { serviceDeploymentId, version } of serviceDeployments)
      this.#deployments.set(serviceDeploymentId, version);
    state.serviceDeployments = ended.filter(({ status }, i) => i === 0 || !hasEnded(status));
    const serviceRevisions = state.deployments
      .filter(
        ({ serviceRevisionId: id, containerImages = [] }) =>
          id !== undefined && this.#revisions.get(id) !== containerImages.length,
      )
      .map((deployment) =>
        serviceRevision(deployment, state.definition, state.taskDefinitions[deployment.taskDefinitionArn]),
      );
    for (const { serviceRevisionId: id = '', containerImages = [] } of state.deployments)
      this.#revisions.set(id, containerImages.length);
    return serviceDeployments.length + serviceRevisions.length > 0
      ? { serviceDeployments, serviceRevisions }
      : undefined;
  }
}
