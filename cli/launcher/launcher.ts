/**
 * Starts the agent in a process of its own, and other versions in its place: one that does not take work up gives way to the
 * one before. The launcher itself is not replaced, so it stays plain.
 */
import type { Logger } from 'pino';
import type { KeptVersions } from '../../agent/update/kept-versions.ts';
import type { AgentBuild, FailedAgentUpdate } from '../../model/agent-update.ts';
import { buildName, readBuildName } from '../../model/agent-update.ts';
import { defined } from '../../model/defined.ts';
import { AgentProcess } from './agent-process.ts';
import { type Ended, firstVersion, nextVersion, noteOf, type Version } from './choose.ts';
import type { AgentMessage } from './messages.ts';

/** A new version registers within seconds. The one before must be back before the instance is given up, which takes a minute. */
const TRIAL_MS = 40_000;
/** An agent that gives way has so long to end in order. */
const ENDING_MS = 60_000;
/** A reason comes from a version that does not work, and goes into an environment variable. */
const MOST_REASON_CHARACTERS = 4_096;

export interface LauncherOptions {
  /** The launcher's own code. */
  readonly own: { readonly build: AgentBuild; readonly entry: string };
  readonly versions: KeptVersions;
  /** The URL of a token, for each agent. */
  readonly join?: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** The signal that ends the launcher and its agent. */
  readonly stop: Promise<NodeJS.Signals>;
  /** Default: TRIAL_MS, ENDING_MS. */
  readonly trialMs?: number;
  readonly endingMs?: number;
}

interface Start {
  readonly version: Version;
  readonly isTrial: boolean;
  readonly failed?: FailedAgentUpdate;
}

type Outcome = Ended & { readonly reason: string };

/** Resolves to an exit code when the agent has ended and no other is to start. */
export const launchAgents = (options: LauncherOptions): Promise<number> => new Launcher(options).run();

class Launcher {
  readonly #options: LauncherOptions;
  readonly #own: string;
  #process: AgentProcess | undefined;
  #isStopped = false;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#own = buildName(options.own.build);
    void options.stop.then((signal) => {
      this.#isStopped = true;
      this.#process?.signal(signal);
    });
  }

  async run(): Promise<number> {
    const { versions } = this.#options;
    const has = (name: string): boolean => versions.has(name);
    let start: Start = { version: firstVersion(versions.note(), this.#own, has), isTrial: false };
    for (;;) {
      const ended = await this.#runOne(start);
      this.#dropFailed(ended);
      const next = nextVersion(ended, firstVersion(versions.note(), this.#own, has), has);
      if (next.kind === 'end') return next.exitCode;
      start = { version: next.version, isTrial: next.isTrial, ...this.#failureOf(ended) };
      const fields = { agent: next.version ?? this.#own, before: ended.version ?? this.#own };
      if (ended.switchTo === undefined)
        this.#options.logger.warn(
          { ...fields, reason: ended.reason },
          'another version of the agent starts: this one did not work',
        );
      else this.#options.logger.info(fields, 'another version of the agent starts');
    }
  }

  async #runOne({ version, isTrial, failed }: Start): Promise<Outcome> {
    const { own, versions, join, trialMs = TRIAL_MS, endingMs = ENDING_MS } = this.#options;
    let tookWork = false;
    let switchTo: string | undefined;
    let reason: string | undefined;
    let saidWhy = false;
    const timers = new Set<NodeJS.Timeout>();
    const later = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));
    const onMessage = (message: AgentMessage): void => {
      if (message.kind === 'fails') {
        reason ??= message.reason;
        saidWhy = message.cannotRun !== true;
      } else if (message.kind === 'switchTo') {
        switchTo = message.name;
        later(endingMs, () => agent.signal('SIGKILL'));
      } else if (!tookWork) {
        tookWork = true;
        versions.keep(noteOf(versions.note(), this.#own, version));
      }
    };
    const entry = version === undefined ? own.entry : versions.entryOf(version);
    const agent = new AgentProcess(entry, defined({ join, failed }), onMessage);
    this.#process = agent;
    if (this.#isStopped) agent.signal('SIGTERM');
    if (isTrial)
      later(trialMs, () => {
        if (tookWork) return;
        reason ??= `It took no work up within ${trialMs / 1000} s.`;
        // Without work it has nothing to end in order.
        agent.signal('SIGKILL');
      });
    const exitCode = await agent.ended;
    for (const timer of timers) clearTimeout(timer);
    return {
      version,
      isTrial,
      tookWork,
      saidWhy,
      isStopped: this.#isStopped,
      exitCode,
      ...defined({ switchTo }),
      reason: reason ?? `It ended with exit code ${exitCode} before it took work up.`,
    };
  }

  /** It may be damaged, and would fail each update to it. */
  #dropFailed({ isTrial, tookWork, isStopped, version }: Outcome): void {
    if (!isTrial || tookWork || isStopped || version === undefined) return;
    try {
      this.#options.versions.remove(version);
    } catch (error) {
      this.#options.logger.warn({ agent: version, err: error }, 'could not remove a version that did not work');
    }
  }

  /** What the next agent says of the one that it takes the place of again. */
  #failureOf({ isTrial, tookWork, version, reason }: Outcome): Pick<Start, 'failed'> {
    const build = version === undefined ? undefined : readBuildName(version);
    if (!isTrial || tookWork || build === undefined) return {};
    return { failed: { build, reason: reason.slice(0, MOST_REASON_CHARACTERS) } };
  }
}
