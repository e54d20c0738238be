/** What a service leaves on record: who asked for what, why tasks start and stop, what it waits for. */
import type {
  CallCause,
  Decision,
  DecisionCause,
  DecisionDraft,
  DecisionReason,
  PlacementExplanation,
  StopReasonCode,
} from '../../model/decision.ts';
import { groupBy } from '../../model/group-by.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { describeRequest } from '../../scheduler/decisions/asked.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import { holdsUp, planDecisions, reasonsOf, waitDecision } from '../../scheduler/decisions/plan-decisions.ts';
import type { PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import type { ServicePlan, ServiceSnapshot, StartDecision } from '../../scheduler/service/types.ts';
import type { InstanceNotice } from '../messages.ts';
import { DecisionLog } from '../owner/decision-log.ts';
import type { TaskStop } from '../owner/hosted-tasks.ts';
import { noticeCauses, noticeStops } from '../owner/notice-decisions.ts';
import type { PlacementAttempt } from '../owner/place.ts';
import type { RecordWriter } from '../owner/record-writer.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';

/** A service as its calls see it: what they may change. */
interface Wanted {
  readonly definition: Partial<ServiceDefinition>;
  readonly taskDefinitionArn: string;
  readonly deploymentId: string | undefined;
  readonly status: string;
}

const wantedOf = ({ definition, deployments, status }: ServiceState): Wanted => ({
  definition,
  taskDefinitionArn: deployments[0]?.taskDefinitionArn ?? '',
  deploymentId: deployments[0]?.deploymentId,
  status,
});

/** The first call is told from nothing: only what says something about the tasks to come. */
const NEVER: Wanted = { definition: {}, taskDefinitionArn: '', deploymentId: undefined, status: '' };

const flat = ({ definition, taskDefinitionArn, status }: Wanted): object => {
  const { tags: _tags, serviceName: _name, clusterName: _cluster, ...rest } = definition;
  return { status, taskDefinition: taskDefinitionArn, ...rest };
};

export class ServiceDecisions {
  readonly #state: ServiceState;
  readonly #log: DecisionLog;
  #wanted: Wanted;
  /** The last plan leaves nothing to do once it is carried out. */
  #isIdle = false;

  constructor(state: ServiceState, writer: RecordWriter) {
    this.#state = state;
    const { heard = [] } = state;
    const isNew = heard.length === 0 && state.recordVersion === 0;
    this.#log = new DecisionLog(
      writer,
      state.definition.clusterName,
      heard.length > 0 || isNew ? heard : [{ kind: 'resumed' }],
    );
    this.#wanted = state.recordVersion === 0 ? NEVER : wantedOf(state);
  }

  /** For others that decide for the service. */
  get log(): DecisionLog {
    return this.#log;
  }

  /** What was heard goes into the state, before it is carried into a new run. */
  carry(): void {
    this.#state.heard = this.#log.heard;
  }

  hear(cause: DecisionCause): void {
    this.#log.hear(cause);
  }

  /** A call has changed what is wanted; `more`: what it did beyond the service's definition. */
  called(cause: CallCause | undefined, more: Partial<DecisionDraft> = {}): void {
    const before = this.#wanted;
    this.#wanted = wantedOf(this.#state);
    const { deploymentId } = this.#wanted;
    const changes = { ...describeChanges(flat(before), flat(this.#wanted)), ...more.changes };
    const causes = cause === undefined ? [] : [cause];
    for (const each of causes) this.#log.hear(each);
    const draft: DecisionDraft = {
      reasons: [{ reason: 'called', count: 1 }],
      ...(deploymentId === before.deploymentId || deploymentId === undefined ? {} : { deploymentId }),
      tasks: [],
      ...more,
      changes,
    };
    this.#log.add(this.#ofService(draft), causes);
  }

  /** StopTask: the task goes, and the plan sees to another. */
  stopCalled(task: ServiceOwnedTask, cause: CallCause | undefined, stoppedReason: string): void {
    const causes = cause === undefined ? [] : [cause];
    for (const each of causes) this.#log.hear(each);
    this.#stopped([task], { reason: 'stopCalled', stoppedReason, causes });
  }

  /** Tasks run another image than their deployment: they go, and the plan sees to others. */
  strays(stops: readonly TaskStop[], tasks: readonly ServiceOwnedTask[]): void {
    const reasons = new Map(stops.map(({ taskId, reason }) => [taskId, reason.stoppedReason]));
    for (const [stoppedReason, own] of groupBy(tasks, ({ taskId }) => reasons.get(taskId) ?? ''))
      this.#stopped(own, { reason: 'otherImage', stoppedReason });
  }

  /** Reports changed these tasks; `stopped` are those of them that the service did not stop itself. */
  reported(changed: readonly string[], stopped: readonly ServiceOwnedTask[]): void {
    this.#log.hear({ kind: 'report', tasks: changed.length, taskIds: changed });
    this.lost(stopped);
  }

  /** News of an instance, before it is acted on: when it is gone its tasks count as stopped, when it is about to go they are. */
  instanceNotice(notice: InstanceNotice, on: readonly ServiceOwnedTask[]): void {
    const causes = noticeCauses(notice);
    for (const each of causes) this.#log.hear(each);
    const draft = noticeStops(notice, on);
    if (draft === undefined) return;
    this.lost(on.filter((task) => task.desiredStatus === 'RUNNING'));
    this.#add(draft, causes);
  }

  #stopped(
    tasks: readonly ServiceOwnedTask[],
    why: {
      readonly reason: StopReasonCode;
      readonly stoppedReason: string;
      readonly causes?: readonly DecisionCause[];
    },
  ): void {
    const { reason, stoppedReason, causes } = why;
    this.lost(tasks);
    for (const [deploymentId, own] of groupBy(tasks, (task) => task.deploymentId)) {
      const draft: DecisionDraft = {
        reasons: [{ reason, count: own.length }],
        deploymentId,
        tasks: own.map(({ taskId, containerInstanceId }) => ({ taskId, containerInstanceId })),
        facts: { stoppedReason },
      };
      this.#add(draft, causes);
    }
  }

  /** They stopped without the scheduler's doing: the next starts of their deployments take their places. */
  lost(tasks: readonly ServiceOwnedTask[]): void {
    const lost = { ...this.#state.lost };
    for (const { taskId, deploymentId } of tasks) lost[deploymentId] = [...(lost[deploymentId] ?? []), taskId];
    if (tasks.length > 0) this.#state.lost = lost;
  }

  /** For the snapshot of a plan. */
  get lostTasks(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.#state.lost ?? {}).map(([id, taskIds]) => [id, taskIds.length]));
  }

  /** Stops, decisions on deployments and waits of a plan, before it is carried out. */
  planned(snapshot: ServiceSnapshot, plan: ServicePlan): void {
    const drafts = planDecisions(snapshot, plan);
    for (const draft of drafts) this.#add(draft);
    this.#isIdle = plan.start.length === 0 && (drafts.length === 0 || plan.waits.length === 0);
    // What is started now says for itself how it went; the wait before it stands on.
    if (plan.start.length > 0) return;
    const waits = waitDecision(snapshot, plan);
    const key = waits?.reasons.map(({ reason }) => reason).join() ?? '';
    this.#stand('wait', waits && { ...waits, key, urgent: holdsUp(plan) });
  }

  /** What calls changed is on record, what plans changed is not theirs: from here on later calls are compared with. */
  settled(): void {
    this.#wanted = wantedOf(this.#state);
  }

  /** The plan is carried out, and nothing was heard meanwhile: what was heard before has had its effect. */
  rest(plan: ServicePlan): void {
    if (!this.#isIdle) return;
    this.#log.rest();
    if (!holdsUp(plan)) delete this.#state.lost;
  }

  /** The decision that goes into the store with the reservation of its tasks. */
  starting(decision: StartDecision, request: PlacementRequest, bounds: ServicePlan['bounds']) {
    const { deploymentId, because } = decision;
    return ({ tasks, placed, explanation }: PlacementAttempt): readonly Decision[] => {
      const replaced = this.#replacedBy(decision, placed);
      return [
        this.#log.make(
          this.#ofService({
            reasons: reasonsOf(because, placed, tasks.length),
            deploymentId,
            tasks: tasks.map((task, i) => decidedTask(task, replaced[i])),
            asked: describeRequest(request, request.count - placed),
            ...(explanation === undefined ? {} : { placement: explanation }),
            bounds,
          }),
        ),
      ];
    };
  }

  /** Tasks of the decision hold their places now: those whose places they take are lost no more. */
  started({ deploymentId, replaces }: StartDecision, count: number): void {
    const { [deploymentId]: lost = [], ...others } = this.#state.lost ?? {};
    const left = lost.slice(Math.max(0, count - replaces.length));
    this.#state.lost = left.length === 0 ? others : { ...others, [deploymentId]: left };
  }

  /** Some of a start found no place, nor one to wait in; nothing of that: all did. */
  refused(decision: StartDecision, { request, started, refusal, beyondQuota, explanation, until }: PlacedStart): void {
    const { deploymentId } = decision;
    const count = request.count - started;
    const reason = refusal?.reason ?? 'PROVISIONING';
    this.#stand(
      'noPlace',
      refusal === undefined && beyondQuota === 0
        ? undefined
        : {
            reasons: [{ reason: refusalReason(refusal), count }],
            deploymentId,
            tasks: [],
            asked: describeRequest(request, count),
            ...(explanation === undefined ? {} : { placement: explanation }),
            ...(until === undefined ? {} : { until }),
            facts: { reason },
            key: `${deploymentId} ${reason}`,
            urgent: true,
          },
    );
  }

  /** Ids of the tasks whose places a start takes, in order, after its first `placed`. */
  #replacedBy({ deploymentId, replaces }: StartDecision, placed: number): readonly string[] {
    return [...replaces, ...(this.#state.lost?.[deploymentId] ?? [])].slice(placed);
  }

  #add(draft: DecisionDraft, causes?: readonly DecisionCause[]): void {
    this.#log.add(this.#ofService(draft), causes);
  }

  #stand(kind: 'wait' | 'noPlace', draft: Parameters<DecisionLog['stand']>[0] | undefined): void {
    const { [kind]: standing, ...others } = this.#state.standing ?? {};
    if (draft === undefined) this.#state.standing = others;
    else {
      const named = { ...draft, serviceName: this.#state.definition.serviceName };
      this.#state.standing = { ...others, [kind]: this.#log.stand(named, standing) };
    }
  }

  #ofService(draft: DecisionDraft): DecisionDraft {
    return { serviceName: this.#state.definition.serviceName, ...draft };
  }
}

/** How far a start came. */
export interface PlacedStart {
  readonly request: PlacementRequest;
  readonly started: number;
  /** Of the last attempt to place. */
  readonly explanation?: PlacementExplanation;
  readonly refusal: Refusal | undefined;
  /** Tasks that may not even wait. */
  readonly beyondQuota: number;
  /** When the rest is tried again. */
  readonly until: EpochMs | undefined;
}

/** Without a refusal it is the quota. */
function refusalReason(refusal: Refusal | undefined): DecisionReason {
  if (refusal === undefined) return 'provisioningQuota';
  return refusal.contested === true ? 'contested' : 'refused';
}

const decidedTask = ({ taskId, containerInstanceId }: Task, replaces: string | undefined) => ({
  taskId,
  ...(containerInstanceId === undefined ? {} : { containerInstanceId }),
  ...(replaces === undefined ? {} : { replaces }),
});
