/** One task on a simulated machine: from the pull to its end, by its fate and the clock. */
import type { TaskPlan } from '../../activities/host/launch/plan.ts';
import { attachmentOf } from '../../activities/host/launch/task-report.ts';
import { Waiters, type Settled } from '../../activities/host/launch/waiters.ts';
import type { ContainerStatus, HealthStatus, StopCode } from '../../model/status.ts';
import type { AttachmentReport, TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../clock.ts';
import type { TaskFate } from './behaviour.ts';

type Phase = 'PULLING' | 'STARTING' | 'RUNNING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED';

export interface SimulatedTaskOptions {
  readonly containerInstanceId: string;
  readonly plan: TaskPlan;
  readonly image: string;
  readonly fate: TaskFate;
  readonly clock: Clock;
  readonly onChange: (task: SimulatedTask) => void;
}

const EXIT_CODE_KILLED = 137;
/** As long as an engine takes to remove the network of an awsvpc task. */
const DEPROVISION_MS = 150;

export class SimulatedTask {
  readonly plan: TaskPlan;
  readonly #options: SimulatedTaskOptions;
  readonly #waiters = new Waiters();
  readonly #times: { pullStartedAt?: EpochMs; pullStoppedAt?: EpochMs; startedAt?: EpochMs; stoppedAt?: EpochMs } = {};
  #phase: Phase = 'PULLING';
  #health: HealthStatus | undefined;
  #exitCode: number | undefined;
  #stop: { readonly stopCode?: StopCode; readonly stoppedReason?: string } = {};
  #cancelTimers: (() => void)[] = [];

  constructor(options: SimulatedTaskOptions) {
    this.#options = options;
    this.plan = options.plan;
    if (this.#isChecked) this.#health = 'UNKNOWN';
    this.#times.pullStartedAt = options.clock.now();
    this.#after(options.fate.pullMs, () => this.#pulled());
  }

  /** Its containers exist and have not ended: what counts as a copy that runs. */
  get runs(): boolean {
    return this.hasStarted && !this.#hasEnded;
  }

  get hasStarted(): boolean {
    return this.#times.startedAt !== undefined;
  }

  get isStopped(): boolean {
    return this.#phase === 'STOPPED';
  }

  /** Resolves when the task is RUNNING or STOPPED, or, with `stopped` alone, when it is STOPPED. */
  until(...settled: readonly Settled[]): Promise<void> {
    if (this.isStopped || (settled.includes('running') && this.hasStarted)) return Promise.resolve();
    return this.#waiters.until(settled);
  }

  /** Asked to stop: gone after its stop time; at once when nothing of it runs yet. */
  stop(): void {
    if (this.#hasEnded || this.#phase === 'STOPPING') return;
    this.#clearTimers();
    if (this.#phase !== 'RUNNING') {
      this.#end({});
      return;
    }
    this.#phase = 'STOPPING';
    this.#after(this.#options.fate.stopMs, () => {
      this.#exitCode ??= EXIT_CODE_KILLED;
      this.#end(this.#stop);
    });
  }

  /** Its containers are gone without anybody's asking: the machine restarted. */
  vanish(): void {
    this.#clearTimers();
    if (this.#phase === 'STOPPED') return;
    if (this.#phase === 'DEPROVISIONING') {
      this.#finish();
      return;
    }
    this.#exitCode ??= EXIT_CODE_KILLED;
    this.#end({ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' });
  }

  /** No timer of it fires any more. */
  close(): void {
    this.#clearTimers();
  }

  report(): TaskReport {
    const began = this.hasStarted ? 'RUNNING' : 'PENDING';
    const lastStatus = this.#phase === 'STOPPED' || this.#phase === 'DEPROVISIONING' ? this.#phase : began;
    const container: ContainerStatus = this.#hasEnded ? 'STOPPED' : began;
    return {
      taskId: this.plan.taskId,
      containerInstanceId: this.#options.containerInstanceId,
      lastStatus,
      containers: this.plan.containers.map(({ name, hasHealthCheck }) => ({
        name,
        lastStatus: container,
        ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
        ...(hasHealthCheck && this.#health ? { healthStatus: this.#health } : {}),
        ...(this.#times.startedAt === undefined ? {} : { runtimeId: `sim-${this.plan.taskId.slice(0, 12)}-${name}` }),
      })),
      ...(this.#health === undefined ? {} : { healthStatus: this.#health }),
      ...(this.#hasNetwork ? { attachments: [this.#attachment] } : {}),
      ...this.#times,
      ...this.#stop,
    };
  }

  get #isChecked(): boolean {
    return this.plan.containers.some((container) => container.essential && container.hasHealthCheck);
  }

  /** Its containers have. */
  get #hasEnded(): boolean {
    return this.#phase === 'DEPROVISIONING' || this.#phase === 'STOPPED';
  }

  get #hasNetwork(): boolean {
    return this.plan.networkMode === 'awsvpc' && this.#times.pullStoppedAt !== undefined;
  }

  /** An address of documentation's, the same for the task's whole life. */
  get #attachment(): AttachmentReport {
    const [a = 0, b = 0] = Buffer.from(this.plan.taskId.slice(0, 4), 'hex');
    const isDeprovisioning = this.#phase === 'DEPROVISIONING';
    const mac = `02:42:c6:12:${[a, b].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
    return attachmentOf(
      { plan: this.plan, isDeprovisioning, stoppedAt: this.#times.stoppedAt },
      { ipv4: `198.18.${a}.${b}`, mac },
    );
  }

  #pulled(): void {
    this.#times.pullStoppedAt = this.#options.clock.now();
    if (this.#options.fate.failure === 'pull') {
      const stoppedReason = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${this.#options.image}: not found`;
      this.#end({ stopCode: 'TaskFailedToStart', stoppedReason });
      return;
    }
    this.#phase = 'STARTING';
    this.#after(this.#options.fate.startMs, () => this.#started());
  }

  #started(): void {
    if (this.#options.fate.failure === 'start') {
      const stoppedReason = 'CannotStartContainerError: Error response from daemon: exec: no such file or directory';
      this.#end({ stopCode: 'TaskFailedToStart', stoppedReason });
      return;
    }
    this.#phase = 'RUNNING';
    this.#times.startedAt = this.#options.clock.now();
    const { exit, healthMs, becomesUnhealthy } = this.#options.fate;
    if (exit) this.#after(exit.afterMs, () => this.#exited(exit.exitCode));
    if (this.#isChecked) {
      this.#after(healthMs, () => {
        this.#health = becomesUnhealthy ? 'UNHEALTHY' : 'HEALTHY';
        this.#options.onChange(this);
      });
    }
    this.#waiters.release('running');
    this.#options.onChange(this);
  }

  #exited(exitCode: number): void {
    this.#clearTimers();
    this.#exitCode = exitCode;
    this.#end({ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' });
  }

  #end(stop: { readonly stopCode?: StopCode; readonly stoppedReason?: string }): void {
    this.#clearTimers();
    this.#stop = stop;
    if (!this.#hasNetwork) {
      this.#finish();
      return;
    }
    this.#phase = 'DEPROVISIONING';
    this.#after(DEPROVISION_MS, () => this.#finish());
    this.#options.onChange(this);
  }

  #finish(): void {
    this.#phase = 'STOPPED';
    this.#times.stoppedAt = this.#options.clock.now();
    this.#waiters.release('stopped');
    this.#options.onChange(this);
  }

  #after(ms: number, action: () => void): void {
    this.#cancelTimers.push(this.#options.clock.after(ms, action));
  }

  #clearTimers(): void {
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
  }
}
