/**
 * The owner of one container instance: feeds what it hears into the reducer, keeps the timers and the watch, and carries effects
 * out, one after the other. All rules are the reducer's: scheduler/instance-owner/.
 */
import {
  ApplicationFailure,
  CancellationScope,
  log,
  patched,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Called } from '../../model/commands.ts';
import type { ExpectedTask, ExpectedWork, InstanceRegistration } from '../../model/container-instance.ts';
import { isEcsError } from '../../model/errors.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type {
  InstanceCall,
  InstanceEffect,
  InstanceInput,
  InstanceRecordEffect,
} from '../../scheduler/instance-owner/inputs.ts';
import { ownersOf, reduceSafely } from '../../scheduler/instance-owner/reduce.ts';
import {
  carriedState,
  newInstance,
  resumedInstance,
  type CarriedInstance,
  type InstanceState,
} from '../../scheduler/instance-owner/state.ts';
import type { ContainerInstanceWorkflowInput, InstanceSummary } from '../messages.ts';
import { Control } from '../owner/control.ts';
import { ownDecision } from '../owner/decision-record.ts';
import { given } from '../owner/given.ts';
import { AgentUpdate } from './agent-update.ts';
import { AgentWatch } from './agent-watch.ts';
import { Interruption } from './interruption.ts';

export class InstanceOwner {
  readonly #input: ContainerInstanceWorkflowInput;
  readonly #control = new Control();
  readonly #watch: AgentWatch;
  readonly #interruption = new Interruption();
  readonly #update: AgentUpdate;
  #state: InstanceState;
  /** Ends with the effects of the last input. */
  #effects: Promise<void> = Promise.resolve();
  #inputsUnderWay = 0;

  private constructor(input: ContainerInstanceWorkflowInput, state: InstanceState) {
    this.#input = input;
    this.#state = state;
    this.#watch = new AgentWatch(input, this.#control, {
      onSilent: () => this.#hear({ kind: 'silent' }),
      onSilentForTooLong: () => this.#hear({ kind: 'silentForTooLong' }),
    });
    this.#update = new AgentUpdate(input, (target, outcome) => this.#hear({ kind: 'agentUpdate', target, outcome }));
  }

  static begun(input: ContainerInstanceWorkflowInput): InstanceOwner {
    return new InstanceOwner(input, newInstance(input.containerInstanceId));
  }

  static resumed(input: ContainerInstanceWorkflowInput, carried: CarriedInstance): InstanceOwner {
    const owner = new InstanceOwner(input, resumedInstance(input.containerInstanceId, carried));
    void owner.#hear({ kind: 'resume' });
    return owner;
  }

  get ended(): boolean {
    return this.#state.ended;
  }

  /** All that was decided has been carried out. */
  get isAtRest(): boolean {
    return this.#inputsUnderWay === 0;
  }

  get summary(): InstanceSummary {
    const { status, agentConnected, heard, ended, sessionId } = this.#state;
    return { status, agentConnected, ...(heard && !ended ? { attendedSession: sessionId } : {}) };
  }

  /** For the next run. */
  carry(): CarriedInstance {
    return carriedState(this.#state);
  }

  stopWatching(): void {
    this.#interruption.cancel();
    this.#update.stop();
    this.#watch.stop();
  }

  // ---- inputs --------------------------------------------------------------------------------------------------------

  async register(registration: InstanceRegistration & Called): Promise<ExpectedWork> {
    const answer = await this.call({ kind: 'register', registration });
    if (answer === undefined) throw ApplicationFailure.nonRetryable('The call has no answer.', 'ServerException');
    return answer;
  }

  /** A call: refused, or done and recorded. */
  async call(call: InstanceCall): Promise<ExpectedWork | undefined> {
    const reduced = await this.#take(call);
    if ('error' in reduced) throw ApplicationFailure.nonRetryable(reduced.error.message, 'ServerException');
    if (reduced.asksForTasks) return this.call({ ...call, tasks: await this.#tasks() } as InstanceCall);
    return reduced.answer;
  }

  async agentAttends(sessionId: string): Promise<void> {
    await this.#hear({ kind: 'attends', sessionId });
    if (sessionId === this.#state.sessionId) log.info('agent connected', { sessionId });
  }

  /** What nobody called for: an error is the owner's own affair. */
  async #hear(input: InstanceInput): Promise<void> {
    try {
      await this.#take(input);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      log.warn('the store refused a change for good', { input: input.kind, refusal: error.message });
    }
  }

  /** Resolves when the input's effects are carried out, and those of all inputs before it. */
  async #take(input: InstanceInput): Promise<ReturnType<typeof reduceSafely>> {
    const reduced = this.#reduce(input);
    const done = this.#effects.then(() => CancellationScope.nonCancellable(() => this.#carryOut(reduced.effects)));
    this.#effects = done.catch(() => undefined);
    this.#inputsUnderWay += 1;
    try {
      await done;
    } finally {
      this.#inputsUnderWay -= 1;
    }
    return reduced;
  }

  #reduce(input: InstanceInput): ReturnType<typeof reduceSafely> {
    const reduced = this.#safely(input);
    this.#state = reduced.state;
    if ('error' in reduced)
      log.error('an input was discarded', { input: input.kind, err: String(reduced.error.stack) });
    const { status, agentConnected } = this.#state;
    const agent = agentConnected ? 'connected' : 'not connected';
    setCurrentDetails(`**${status}**, agent ${agent} · ${workflowInfo().workflowId}`);
    return reduced;
  }

  #safely(input: InstanceInput): ReturnType<typeof reduceSafely> {
    try {
      return reduceSafely(this.#state, input, given());
    } catch (error) {
      throw isEcsError(error) ? ApplicationFailure.nonRetryable(error.message, error.code) : error;
    }
  }

  // ---- effects -------------------------------------------------------------------------------------------------------

  async #carryOut(effects: readonly InstanceEffect[]): Promise<void> {
    for (const effect of effects) await this.#carryOutOne(effect);
  }

  async #carryOutOne(effect: InstanceEffect): Promise<void> {
    switch (effect.kind) {
      case 'record':
        return this.#record(effect);
      case 'decision': {
        const { clusterName } = this.#input;
        const decisions = [ownDecision(clusterName, effect.decision)];
        return this.#control.write((activities) => activities.recordOwner({ clusterName, events: [], decisions }));
      }
      case 'notify':
        return this.#notify(effect.notice, effect.ownersBefore);
      case 'watch':
        this.#watch.start(effect.sessionId);
        return;
      case 'awaitReturn':
        this.#watch.awaitReturn();
        return;
      case 'heard':
        this.#watch.heard();
        return;
      case 'interruptAt':
        this.#interruption.start(effect.at, () => this.#hear({ kind: 'interruptionDue' }));
        return;
      case 'stageAgent':
        this.#update.stage(effect.target);
        return;
      case 'switchAgent':
        this.#update.switch(effect.target);
        return;
      case 'callOffInterruption':
        this.#interruption.cancel();
    }
  }

  async #record(effect: InstanceRecordEffect): Promise<void> {
    const decisions = [ownDecision(this.#input.clusterName, effect.decision)];
    try {
      await this.#control.write((activities) =>
        activities.recordInstance({ ...this.#input, ...effect.changes, decisions }),
      );
    } catch (error) {
      if (error instanceof ApplicationFailure) this.#reduce({ kind: 'refused', record: effect });
      throw error;
    }
  }

  async #notify(notice: InstanceNotice, ownersBefore?: readonly string[]): Promise<void> {
    // A task may be reserved until the instance is INACTIVE. Earlier runs told only the owners that the deregistration had found before.
    const tellsAll = ownersBefore === undefined || patched('deregistration-tells-late-owners');
    const ownerWorkflowIds = tellsAll ? ownersOf(await this.#tasks()) : ownersBefore;
    if (ownerWorkflowIds.length === 0) return;
    await this.#control.write((activities) => activities.notifyOwners({ ownerWorkflowIds, notice }));
  }

  #tasks(): Promise<readonly ExpectedTask[]> {
    const { containerInstanceId } = this.#input;
    return this.#control.read((activities) => activities.listInstanceTasks({ containerInstanceId }));
  }
}
