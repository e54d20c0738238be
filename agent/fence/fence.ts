/**
 * The agent's part of the fence (docs/architecture/fencing.md): it keeps the lease by heartbeats whose answers it sees, and a guard
 * that stops the instance's service tasks where the lease ends. The agent itself stops none; it only starts none after that.
 */
import * as fs from 'node:fs';
import type { DockerOptions } from 'dockerode';
import type { Logger } from 'pino';
import type { FencedWatch, HostFence } from '../../activities/host/fence.ts';
import type { TaskPlan } from '../../activities/host/launch/plan.ts';
import { RuntimeError } from '../../activities/host/runtime/types.ts';
import type { TaskReport } from '../../model/task.ts';
import type { ControlPlane } from '../control-plane.ts';
import { endGuard, filesIn, readFencedTasks, readLease, sinceBoot, writeLease } from './files.mjs';
import { engineAddress, startGuard } from './guard-process.ts';
import { fencedFrom, type Lease, leaseFrom } from './lease.mjs';

const SERVICE = 'service/';

export interface FenceOptions {
  /** Of the agent alone. */
  readonly folder: string;
  readonly containerInstanceId: string;
  readonly docker: DockerOptions;
  readonly heartbeat: ControlPlane['heartbeat'];
  readonly logger: Logger;
}

export class Fence implements HostFence {
  readonly #options: FenceOptions;
  #guard: Promise<void> | undefined;
  #lease: Lease | undefined;
  /** When the heartbeat was sent that the lease counts from. */
  #sentAt = 0;

  constructor(options: FenceOptions) {
    this.#options = options;
    fs.mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    // Of an agent before this one: until it is renewed, nothing may start after its end.
    this.#lease = fs.existsSync(this.#files.lease) ? readLease(this.#files.lease) : undefined;
  }

  get #files() {
    return filesIn(this.#options.folder);
  }

  off(): void {
    this.#lease = undefined;
    if (!fs.existsSync(this.#files.lease)) return;
    endGuard(this.#options.folder);
    fs.rmSync(this.#files.lease, { force: true });
    this.#options.logger.info('fencing is off: the guard has ended');
  }

  async begin(watch: FencedWatch): Promise<void> {
    await this.#guarded();
    // The times may be shorter than those of the watch before.
    const most = leaseFrom(sinceBoot(), watch);
    if (this.#lease !== undefined && most.endsAt < this.#lease.endsAt) this.#write(most);
    // Unless heartbeats arrive, the agent must not attend: tasks would come that nothing fences.
    const sentAt = await this.#beat(watch);
    if (typeof sentAt === 'string') throw new Error('the control plane does not confirm heartbeats of the fence');
    // The control plane counts silence until it has said that it heard this agent. So a lease that older tasks run by is not made longer
    // before that, and a new one begins only once they have ended.
    if (this.#lease === undefined || sentAt >= this.#lease.endsAt) this.#keep(sentAt, watch);
  }

  async renew(watch: FencedWatch): Promise<'confirmed' | 'ended' | 'unanswered'> {
    await this.#guarded();
    const sentAt = await this.#beat(watch);
    if (typeof sentAt === 'number') {
      this.#keep(sentAt, watch);
      return 'confirmed';
    }
    if (sentAt === 'ended') return 'ended';
    // An instance that may start nothing must not look alive to those who place tasks.
    if (this.#lease !== undefined && this.#isOver(this.#lease))
      throw new Error('the control plane has not confirmed a heartbeat of the fence for too long');
    return 'unanswered';
  }

  /** Throws where a container of a service's task must not start: its replacement may run elsewhere by now. */
  assertMayStart({ ownerWorkflowId }: Pick<TaskPlan, 'ownerWorkflowId'>): void {
    if (this.#lease === undefined || !ownerWorkflowId.startsWith(SERVICE) || !this.#isOver(this.#lease)) return;
    throw new RuntimeError('CannotStartContainerError', this.#reason);
  }

  /** The report with the fence as its reason if the guard has stopped the task. */
  explain(report: TaskReport): TaskReport {
    const hasEnded = report.stopCode !== undefined || report.lastStatus === 'STOPPED';
    if (!hasEnded || !readFencedTasks(this.#options.folder).has(report.taskId)) return report;
    return { ...report, stopCode: 'TerminationNotice', stoppedReason: this.#reason };
  }

  get #reason(): string {
    return `Fenced: container instance ${this.#options.containerInstanceId} lost contact with the control plane.`;
  }

  /** When the heartbeat was sent, if it was confirmed. */
  async #beat(watch: FencedWatch): Promise<number | 'ended' | 'unanswered'> {
    const sentAt = sinceBoot();
    try {
      const answer = await this.#options.heartbeat(watch.taskToken, watch.heartbeatTimeoutMs / 2);
      return answer === 'confirmed' ? sentAt : answer;
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'a heartbeat was not confirmed');
      return 'unanswered';
    }
  }

  #isOver(lease: Lease): boolean {
    return sinceBoot() >= fencedFrom(lease);
  }

  #keep(sentAt: number, watch: FencedWatch): void {
    // Answers may overtake each other.
    if (sentAt < this.#sentAt) return;
    this.#sentAt = sentAt;
    this.#write(leaseFrom(sentAt, watch));
  }

  #write(lease: Lease): void {
    writeLease(this.#files.lease, lease);
    this.#lease = lease;
  }

  #guarded(): Promise<void> {
    this.#guard ??= this.#startGuard();
    return this.#guard;
  }

  async #startGuard(): Promise<void> {
    const { folder, containerInstanceId, docker, logger } = this.#options;
    const again = (): void => {
      this.#guard = undefined;
      if (fs.existsSync(this.#files.lease)) logger.error('the guard of the fence has ended; another one is started');
    };
    try {
      await startGuard({ folder, containerInstanceId, engine: engineAddress(docker) }, again);
      logger.info({ folder }, 'the guard of the fence watches');
    } catch (error) {
      this.#guard = undefined;
      throw error;
    }
  }
}
