// @ts-check
/** The few calls of the Docker engine that the guard needs, without a client library: it must stay small. */
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

/** A guard that waits for longer would miss its time: the margin of the lease covers two such waits. */
const PATIENCE_MS = 1_000;
/** The answer to a stop comes when the container has ended. */
const STOP_PATIENCE_MS = 300_000;
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/**
 * Where the engine is, as dockerode names it.
 * @typedef {object} EngineAddress
 * @property {string} [socketPath]
 * @property {string} [host]
 * @property {number} [port]
 * @property {'http' | 'https'} [protocol]
 * @property {string} [ca] PEM, like the next two
 * @property {string} [cert]
 * @property {string} [key]
 */

/**
 * A running container of a service's task.
 * @typedef {object} ServiceContainer
 * @property {string} id
 * @property {string} taskId
 * @property {number} stopTimeoutMs the longest of the task's containers
 */

export class Engine {
  #address;
  #agent = new http.Agent({ keepAlive: false });

  /** @param {EngineAddress} address */
  constructor(address) {
    this.#address = address;
  }

  /**
   * The containers of the instance that run now and belong to services. Pause containers run no program of anybody's.
   * @param {string} containerInstanceId
   * @param {number} [patienceMs]
   * @returns {Promise<readonly ServiceContainer[]>}
   */
  async serviceContainers(containerInstanceId, patienceMs = PATIENCE_MS) {
    const label = [`longshore.container-instance=${containerInstanceId}`, 'longshore.role=container'];
    const filters = encodeURIComponent(JSON.stringify({ label }));
    const text = await this.#call('GET', `/containers/json?filters=${filters}`, patienceMs);
    /** @type {{ Id: string, Labels: Record<string, string> }[]} */
    const found = JSON.parse(text);
    return found.map(({ Id, Labels }) => serviceContainer(Id, Labels)).filter((one) => one !== undefined);
  }

  /**
   * Sends the stop signal, and SIGKILL after the time. Resolves when the container has ended.
   * @param {string} id
   * @param {number} timeoutMs
   */
  async stop(id, timeoutMs) {
    await this.#call('POST', `/containers/${id}/stop?t=${Math.max(Math.floor(timeoutMs / 1000), 0)}`, STOP_PATIENCE_MS);
  }

  /** @param {string} id */
  async kill(id) {
    await this.#call('POST', `/containers/${id}/kill`, PATIENCE_MS);
  }

  /**
   * Rejects without an answer, and with an error of the engine; that a container has ended or is gone is none.
   * @param {'GET' | 'POST'} method
   * @param {string} path
   * @param {number} patienceMs
   * @returns {Promise<string>}
   */
  #call(method, path, patienceMs) {
    const { protocol = 'http', ...address } = this.#address;
    const options = { ...address, method, path, signal: AbortSignal.timeout(patienceMs) };
    return new Promise((resolve, reject) => {
      const request = protocol === 'https' ? https.request(options) : http.request({ ...options, agent: this.#agent });
      request.once('error', reject);
      request.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.once('error', reject);
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          if (status < 300 || status === 304 || status === 404 || status === 409) resolve(text);
          else reject(new Error(`the engine answered ${status} to ${method} ${path}: ${text.trim()}`));
        });
      });
      request.end();
    });
  }
}

/**
 * Undefined for a standalone task's. A container whose labels cannot be read counts as a service's: two copies are worse than
 * none.
 * @param {string} id
 * @param {Readonly<Record<string, string>>} labels
 * @returns {ServiceContainer | undefined}
 */
export function serviceContainer(id, labels) {
  const taskId = labels['longshore.task-id'] ?? '';
  try {
    const { ownerWorkflowId, containers } = JSON.parse(labels['longshore.plan'] ?? '');
    if (!String(ownerWorkflowId).startsWith('service/')) return undefined;
    const seconds = containers.map(
      (/** @type {{ stopTimeoutSeconds?: number }} */ each) => each.stopTimeoutSeconds ?? DEFAULT_STOP_TIMEOUT_SECONDS,
    );
    return { id, taskId, stopTimeoutMs: Math.max(...seconds) * 1000 };
  } catch {
    return { id, taskId, stopTimeoutMs: DEFAULT_STOP_TIMEOUT_SECONDS * 1000 };
  }
}

/**
 * Ends the container's processes without its engine. Only where they are this machine's, in a namespace that the guard sees:
 * the kernel names a container by its id in the cgroup of each of its processes.
 * @param {string} id 64 hex digits
 * @returns {number} how many processes got SIGKILL
 */
export function killProcessesOf(id) {
  let killed = 0;
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!fs.readFileSync(`/proc/${name}/cgroup`, 'utf8').includes(id)) continue;
      process.kill(Number(name), 'SIGKILL');
      killed += 1;
    } catch {
      // It has ended meanwhile.
    }
  }
  return killed;
}
