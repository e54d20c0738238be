/** Replaces this agent by another version: fetches it, and has the launcher start it. */
import { rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { AgentPackageSource } from '../../model/agent-package.ts';
import { type AgentBuild, buildName, isSameBuild } from '../../model/agent-update.ts';
import { ownPlatform } from '../../tools/agent-package/build.ts';
import { DoorAway } from '../identity/door-client.ts';
import { untilDone } from '../retry.ts';
import { AgentUpdateRefused, fetchPackage } from './fetch-package.ts';
import { KeptVersions } from './kept-versions.ts';
import { unpack } from './unpack.ts';
import type { AgentUpdates } from './updates.ts';

export interface UpdaterDeps {
  readonly build: AgentBuild;
  readonly updates: AgentUpdates;
  readonly source: AgentPackageSource;
  readonly logger: Logger;
  /** Aborted when the agent ends. */
  readonly shutdown: AbortSignal;
}

export class AgentUpdater {
  readonly #deps: UpdaterDeps;
  readonly #versions: KeptVersions;
  #staging: { readonly target: AgentBuild; readonly done: Promise<void> } | undefined;

  constructor(deps: UpdaterDeps) {
    this.#deps = deps;
    this.#versions = new KeptVersions(deps.updates.folder);
  }

  /** Resolves when the host has the build. Calls for the same build share the work. Rejects with AgentUpdateRefused. */
  stage(target: AgentBuild): Promise<void> {
    if (this.#runs(target)) return Promise.resolve();
    if (this.#staging !== undefined) {
      if (isSameBuild(this.#staging.target, target)) return this.#staging.done;
      throw new AgentUpdateRefused(`The agent is still fetching ${buildName(this.#staging.target)}.`);
    }
    const done = this.#stage(target).finally(() => (this.#staging = undefined));
    this.#staging = { target, done };
    return done;
  }

  /** Throws AgentUpdateRefused if the host does not have the build. */
  switch(target: AgentBuild): void {
    if (this.#runs(target)) return;
    const name = buildName(target);
    if (!this.#versions.has(name)) throw new AgentUpdateRefused(`This host does not have the agent ${name} any more.`);
    this.#deps.logger.info({ agent: name }, 'the agent ends, and another version starts in its place');
    this.#deps.updates.switchTo(name);
  }

  #runs(target: AgentBuild): boolean {
    return isSameBuild(this.#deps.build, target);
  }

  async #stage(target: AgentBuild): Promise<void> {
    const { source, logger, shutdown: signal } = this.#deps;
    const name = buildName(target);
    if (this.#versions.has(name)) return;
    const file = this.#versions.file(name, buildName(this.#deps.build));
    const begun = performance.now();
    try {
      const attempts = { what: 'fetching the new agent', logger, signal, isFinal: (error: unknown) => !isAway(error) };
      await fetchPackage(retrying(source, attempts), { target, platform: ownPlatform(), file });
      await this.#versions.add(target, (into) => unpack(file, into));
    } finally {
      await rm(file, { force: true });
    }
    logger.info({ agent: name, ms: Math.round(performance.now() - begun) }, 'fetched the new agent');
  }
}

const isAway = (error: unknown): boolean => error instanceof DoorAway;

/** The source, whose pieces are asked for again while the control plane is away or has no room for the call. */
const retrying = (source: AgentPackageSource, attempts: Parameters<typeof untilDone>[0]): AgentPackageSource => ({
  describe: (request) => untilDone(attempts, () => source.describe(request)),
  read: (request) => untilDone(attempts, () => source.read(request)),
});
