/** What one service writes: its row as its state is at the time, and with that its events and what its rollouts came to. */
import { uuid4 } from '@temporalio/workflow';
import type { Deployment } from '../../model/service.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import { deploymentActions } from '../../scheduler/rollout/deployment-actions.ts';
import type { OwnedTasks } from '../owner/owned-tasks.ts';
import type { RecordWriter } from '../owner/record-writer.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';
import type { DaemonLookout } from './daemon-lookout.ts';
import { RolloutRecords } from './rollout-records.ts';
import { serviceRecord } from './service-record.ts';

export interface ServiceRowsOptions {
  readonly state: ServiceState;
  readonly tasks: OwnedTasks<ServiceOwnedTask>;
  readonly writer: RecordWriter;
  readonly lookout: DaemonLookout | undefined;
  /** Something that a plan depends on is not what it was. */
  readonly onChange: () => void;
}

export class ServiceRows {
  readonly #options: ServiceRowsOptions;
  readonly #rollouts = new RolloutRecords();
  /** As the last write had them. */
  #toldDeployments: readonly Deployment[];

  constructor(options: ServiceRowsOptions) {
    this.#options = options;
    this.#toldDeployments = options.state.recordVersion === 0 ? [] : options.state.deployments;
  }

  /** Queues the service's row as it is now, and has the next plan look at it. */
  write({ plansAgain } = { plansAgain: true }): void {
    const { state: current, tasks: owned, writer, lookout, onChange } = this.#options;
    if (plansAgain) onChange();
    current.recordVersion += 1;
    for (const action of deploymentActions(this.#toldDeployments, current.deployments))
      writer.addAction({ ...action, createdAt: Date.now() });
    this.#toldDeployments = current.deployments;
    const tasks = owned.all;
    writer.addRollout(this.#rollouts.take(current, tasks));
    const state = { ...current };
    writer.putService(() => ({ ...serviceRecord(state, tasks), ...lookout?.recorded(state, tasks) }));
  }

  /** The service's row goes with its events: a write that a wait separates from the row would not say whose they are. */
  events(messages: readonly string[]): void {
    const { writer } = this.#options;
    for (const message of messages) writer.addEvent({ id: uuid4(), createdAt: Date.now(), message });
    if (messages.length > 0) this.write({ plansAgain: false });
  }

  /** As events: a write of the row follows. */
  actions(actions: readonly ServiceAction[]): void {
    for (const action of actions) this.#options.writer.addAction({ ...action, createdAt: Date.now() });
    if (actions.length > 0) this.write({ plansAgain: false });
  }

  /** The throttle began to slow the launches, in the words for it; none when it did not. */
  impaired(messages: readonly string[]): void {
    this.events(messages);
    this.actions(messages.map(() => ({ eventName: 'SERVICE_TASK_START_IMPAIRED' })));
  }
}
