/**
 * What containers reach at 169.254.170.2: metadata, the keys of their task's role, task protection, and Longshore's API. See
 * docs/architecture/task-endpoint.md.
 */
import type Docker from 'dockerode';
import type { Logger } from 'pino';
import type { AgentVariables } from '../../activities/host/launch/container-spec.ts';
import type { TaskControl } from '../../model/task-calls.ts';
import { type EndpointSocket, ensureNetwork, listenAtAddress, NoEndpoint } from './address.ts';
import { type Answer, serviceError } from './answer.ts';
import { answering } from './answers.ts';
import { Callers } from './callers.ts';
import { Forwarder } from './forwarding.ts';
import { type HostTasksView, isLive } from './host-tasks-view.ts';
import { IdIndex, TaskIds } from './ids.ts';
import { Inspects } from './inspects.ts';
import { keepEndpoint, loadEndpoint } from './kept.ts';
import { PortRuleKeeper } from './port-rule-keeper.ts';
import { type EndpointRequest, serveOn } from './server.ts';
import { Stats } from './stats.ts';
import { TaskKeys } from './task-keys.ts';
import { ENDPOINT_ADDRESS, endpointVariables } from './variables.ts';

/** How often the agent looks whether the network and the rule are still there. */
const LOOK_MS = 30_000;

export interface TaskEndpointOptions {
  readonly docker: Docker;
  readonly containerInstanceId: string;
  /** The agent's own folder. */
  readonly folder: string;
  readonly availabilityZone: string;
  readonly logger: Logger;
}

export interface TaskEndpoint {
  /** Where the agent listens. */
  readonly port: number;
  readonly ownsPort80: boolean;
  /** The variables by which containers find the endpoint. */
  readonly variables: AgentVariables;
  /** Begins to answer. Until then, callers are told to try again. */
  serve(tasks: HostTasksView, control: Pick<TaskControl, 'credentials' | 'forward'>): void;
  /** Puts back what is missing of the network and the rule. Also done from time to time. */
  look(): Promise<void>;
  /** Ends the server. The network stays, and the rule too while there are tasks that know it. */
  close(): Promise<void>;
}

/**
 * Listens at the address. Undefined if the address cannot be had: the log says why, once. Rejects while the engine does not answer,
 * and if the agent's folder cannot be used.
 */
export async function openTaskEndpoint(options: TaskEndpointOptions): Promise<TaskEndpoint | undefined> {
  const { docker, folder, containerInstanceId, logger } = options;
  const kept = loadEndpoint(folder);
  let socket: EndpointSocket;
  try {
    socket = await listenAtAddress(docker, kept.port);
  } catch (error) {
    if (!(error instanceof NoEndpoint)) throw error;
    logger.warn({ reason: error.message }, 'containers get no task endpoint: no metadata, no keys of their role');
    return undefined;
  }
  const { port, namespace } = socket;
  if (kept.port !== undefined && kept.port !== port)
    logger.warn({ port }, 'the port of the task endpoint was taken: containers that run already do not find it');
  if (kept.port !== port) keepEndpoint(folder, { ...kept, port });
  const rule = new PortRuleKeeper({ namespace, own: { containerInstanceId, port }, now: Date.now, logger });
  await rule.ensure();
  return new OpenEndpoint(options, { socket, rule, ids: new TaskIds(kept.key) });
}

interface Parts {
  readonly socket: EndpointSocket;
  readonly rule: PortRuleKeeper;
  readonly ids: TaskIds;
}

const STARTING: Answer = serviceError(503, 'ServiceUnavailableException', 'The agent is starting. Try again.');

class OpenEndpoint implements TaskEndpoint {
  readonly port: number;
  readonly variables: AgentVariables;
  readonly #options: TaskEndpointOptions;
  readonly #parts: Parts;
  readonly #stats: Stats;
  readonly #server: ReturnType<typeof serveOn>;
  readonly #timer: NodeJS.Timeout;
  #answer: (request: EndpointRequest) => Promise<Answer> = () => Promise.resolve(STARTING);
  #serving: { readonly tasks: HostTasksView; readonly keys: TaskKeys } | undefined;
  #isWhole = true;
  #looking: Promise<void> | undefined;

  constructor(options: TaskEndpointOptions, parts: Parts) {
    const { docker, logger } = options;
    this.#options = options;
    this.#parts = parts;
    this.port = parts.socket.port;
    this.variables = endpointVariables(parts.ids, () => this);
    this.#stats = new Stats(docker, Date.now);
    this.#server = serveOn(parts.socket.server, { answer: (request) => this.#answer(request), logger });
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  get ownsPort80(): boolean {
    return this.#parts.rule.ownsPort80;
  }

  serve(tasks: HostTasksView, control: Pick<TaskControl, 'credentials' | 'forward'>): void {
    const { docker, containerInstanceId, availabilityZone, logger } = this.#options;
    const { ids, socket } = this.#parts;
    const keys = new TaskKeys(control, Date.now);
    this.#serving = { tasks, keys };
    this.#answer = answering({
      tasks,
      control,
      keys,
      logger,
      availabilityZone,
      index: new IdIndex(ids),
      callers: new Callers({
        docker,
        containerInstanceId,
        tasks,
        readAddresses: () => socket.namespace.readNet('fib_trie'),
      }),
      forwarder: new Forwarder({ control }),
      inspects: new Inspects(docker, Date.now),
      stats: this.#stats,
      host: `${ENDPOINT_ADDRESS}:${this.port}`,
    });
  }

  /** Looks at the same time are one. */
  look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const live = this.#serving?.tasks.lives().filter(isLive) ?? [];
    this.#serving?.keys.keepOnly(new Set(live.map(({ plan }) => plan.taskId)));
    try {
      await ensureNetwork(this.#options.docker);
      this.#isWhole = true;
    } catch (error) {
      if (this.#isWhole)
        this.#options.logger.warn({ err: error }, 'could not look after the task endpoint; trying again');
      this.#isWhole = false;
    }
    await this.#parts.rule.ensure();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#stats.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    const { rule, socket } = this.#parts;
    if (!(this.#serving?.tasks.lives().some(isLive) ?? true)) await rule.remove().catch(() => undefined);
    socket.namespace.close();
  }
}
