// @ts-check
/**
 * The guard of one container instance: a process of its own that outlives the agent. It knows the lease that the agent writes and the
 * engine, and nothing else. Where the lease ends, it stops the instance's service tasks. docs/architecture/fencing.md.
 */
import * as fs from 'node:fs';
import { Engine, killProcessesOf } from './engine.mjs';
import { addFencedTasks, endGuard, filesIn, readLease, sinceBoot, writeGuard } from './files.mjs';
import { fencedFrom, killAt, stopAt } from './lease.mjs';

/** @typedef {import('./engine.mjs').ServiceContainer} ServiceContainer */
/** @typedef {import('./lease.mjs').Lease} Lease */

/**
 * The first line of the guard's standard input. The agent keeps the other end open for as long as it lives.
 * @typedef {object} GuardOrder
 * @property {string} folder
 * @property {string} containerInstanceId
 * @property {import('./engine.mjs').EngineAddress} engine
 */

/** Milliseconds between two looks at the clock: a machine that was asleep must notice soon. */
const CALM_MS = 1_000;
/** The same from the moment when tasks may have to stop. */
const NEAR_MS = 250;
/** How often the guard asks for the containers meanwhile, to know them should the engine be away when the lease ends. */
const CENSUS_MS = 15_000;
/** Then there is time for an engine that is busy. */
const CENSUS_PATIENCE_MS = 10_000;
/** An engine that is away for longer, with no agent beside it, was taken down. */
const ENGINE_PATIENCE_MS = 3_600_000;

/**
 * @param {'info' | 'warn' | 'error'} level
 * @param {string} msg
 * @param {object} [fields]
 */
const log = (level, msg, fields = {}) =>
  process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg })}\n`);

class Guard {
  #order;
  #files;
  #engine;
  /** @type {Lease | undefined} */
  #lease;
  #agentIsGone = false;
  /**
   * Those that were told to stop, with the moment at which they are killed. What was begun is ended, whatever the lease says by then.
   * @type {Map<string, number>}
   */
  #stopping = new Map();
  /** @type {readonly ServiceContainer[]} */
  #known = [];
  #listedAt = -Infinity;
  /** Under way. @type {Promise<unknown> | undefined} */
  #census;
  #engineIsAway = false;
  /** Those for which a SIGKILL is under way. @type {Set<string>} */
  #killing = new Set();
  /** Those of which the log says that the engine did not kill them. @type {Set<string>} */
  #unkilled = new Set();
  /** Since when all is over but for the engine, which does not answer. @type {number | undefined} */
  #onlyEngineSince;

  /** @param {GuardOrder} order */
  constructor(order) {
    this.#order = order;
    this.#files = filesIn(order.folder);
    this.#engine = new Engine(order.engine);
  }

  agentIsGone() {
    this.#agentIsGone = true;
  }

  /** Returns when there is nothing left to guard. */
  async run() {
    while (!(await this.#look())) await new Promise((resolve) => setTimeout(resolve, this.#pause()));
  }

  #pause() {
    if (this.#stopping.size > 0) return NEAR_MS;
    const left = this.#lease === undefined ? CALM_MS : fencedFrom(this.#lease) - sinceBoot();
    return Math.min(Math.max(left, NEAR_MS), CALM_MS);
  }

  /** True when there is nothing left to guard. */
  async #look() {
    if (this.#lease === undefined || sinceBoot() >= fencedFrom(this.#lease)) this.#lease = readLease(this.#files.lease);
    if (this.#lease === undefined && this.#stopping.size === 0) return this.#agentIsGone;
    const isNear = this.#stopping.size > 0 || this.#isOver(fencedFrom);
    if (!isNear) {
      this.#takeCensus();
      return false;
    }
    const isListed = await this.#list();
    this.#fence();
    return (
      this.#agentIsGone && this.#isOver(killAt) && (isListed ? this.#known.length === 0 : this.#hasWaitedForEngine())
    );
  }

  /** @param {(lease: Lease) => number} when */
  #isOver(when) {
    return this.#lease !== undefined && sinceBoot() >= when(this.#lease);
  }

  #hasWaitedForEngine() {
    this.#onlyEngineSince ??= sinceBoot();
    if (sinceBoot() - this.#onlyEngineSince < ENGINE_PATIENCE_MS) return false;
    log('error', 'the guard gives up: the container engine has not answered for an hour');
    return true;
  }

  /** Beside the looks at the clock, which must not wait for it. */
  #takeCensus() {
    if (this.#census !== undefined || sinceBoot() - this.#listedAt < CENSUS_MS) return;
    this.#census = this.#list(CENSUS_PATIENCE_MS).finally(() => (this.#census = undefined));
  }

  /** @param {number} [patienceMs] */
  async #list(patienceMs) {
    try {
      this.#known = await this.#engine.serviceContainers(this.#order.containerInstanceId, patienceMs);
      this.#listedAt = sinceBoot();
      this.#engineIsAway = false;
      this.#onlyEngineSince = undefined;
      const running = new Set(this.#known.map(({ id }) => id));
      for (const id of this.#stopping.keys()) if (!running.has(id)) this.#stopping.delete(id);
      return true;
    } catch (error) {
      if (!this.#engineIsAway) log('warn', 'the container engine does not answer the guard', { err: String(error) });
      this.#engineIsAway = true;
      return false;
    }
  }

  #fence() {
    const lease = this.#lease;
    const due = lease === undefined ? [] : this.#known.filter((one) => this.#isDue(one, lease));
    if (lease !== undefined && due.length > 0) this.#stop(due, killAt(lease));
    for (const [id, at] of this.#stopping) if (sinceBoot() >= at) this.#kill(id);
  }

  /**
   * @param {ServiceContainer} container
   * @param {Lease} lease
   */
  #isDue({ id, stopTimeoutMs }, lease) {
    return !this.#stopping.has(id) && sinceBoot() >= stopAt(lease, stopTimeoutMs);
  }

  /**
   * @param {readonly ServiceContainer[]} containers
   * @param {number} until
   */
  #stop(containers, until) {
    const taskIds = [...new Set(containers.map(({ taskId }) => taskId))];
    log('warn', 'no contact with the control plane: stopping service tasks', { taskIds });
    try {
      // Before the first one ends: the agent asks why it did.
      addFencedTasks(this.#order.folder, taskIds);
    } catch (error) {
      log('error', 'could not write down which tasks are fenced', { err: String(error) });
    }
    for (const { id } of containers) {
      this.#stopping.set(id, until);
      const told = this.#engine.stop(id, until - sinceBoot());
      told.catch((error) => log('warn', 'could not stop a container', { containerId: id, err: String(error) }));
    }
  }

  /** @param {string} id */
  #kill(id) {
    if (this.#killing.has(id)) return;
    this.#killing.add(id);
    const failed = (/** @type {unknown} */ error) => {
      const processes = this.#order.engine.socketPath === undefined ? 0 : killProcessesOf(id);
      if (processes === 0 && this.#unkilled.has(id)) return;
      this.#unkilled.add(id);
      log('warn', 'the container engine did not kill a container', { containerId: id, processes, err: String(error) });
    };
    void this.#engine
      .kill(id)
      .catch(failed)
      .finally(() => this.#killing.delete(id));
  }
}

/**
 * Reads the order, and calls back when the agent has gone.
 * @param {() => void} onAgentGone
 * @returns {Promise<GuardOrder>}
 */
function readOrder(onAgentGone) {
  return new Promise((resolve) => {
    let text = '';
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (chunk) => {
      text += chunk;
      if (text.endsWith('\n')) resolve(JSON.parse(text));
    });
    process.stdin.on('error', onAgentGone);
    process.stdin.on('close', onAgentGone);
  });
}

// A terminal, npm and systemd end the agent by these. Its guard goes when the lease has ended.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.on(signal, () => undefined);
/** @type {{ guard?: Guard, agentIsGone: boolean }} */
const state = { agentIsGone: false };
const order = await readOrder(() => {
  state.agentIsGone = true;
  state.guard?.agentIsGone();
});
const guard = new Guard(order);
state.guard = guard;
if (state.agentIsGone) guard.agentIsGone();
// From here on this process guards, so the one before it may go.
const done = guard.run();
endGuard(order.folder);
writeGuard(order.folder);
log('info', 'the guard watches', { pid: process.pid, containerInstanceId: order.containerInstanceId });
try {
  fs.writeSync(1, 'ready\n');
} catch {
  // The agent has gone already.
}
await done;
log('info', 'the guard ends: nothing is left to guard', { pid: process.pid });
process.exit(0);
