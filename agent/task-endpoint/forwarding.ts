/** Passes calls of containers on to Longshore's API as they are, so that their signatures hold. */
import type { ForwardedRequest, TaskControl, TaskName } from '../../model/task-calls.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import { type Answer, serviceError } from './answer.ts';

/** Calls under way at a time: of one task, and of all. */
const MOST = { perTask: 20, inAll: 200 } as const;
const CALL_TIMEOUT_MS = 60_000;

/** They concern one connection, not the call. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
]);

type Header = readonly [name: string, value: string];

/** Node's raw headers as pairs with names in lower case, without those of the connection. Pure. */
export function forwardedHeaders(raw: readonly string[]): Header[] {
  const all: Header[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) all.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? '']);
  const named = all.filter(([name]) => name === 'connection').flatMap(([, value]) => value.toLowerCase().split(','));
  const dropped = new Set(named.map((name) => name.trim()));
  return all.filter(([name]) => !HOP_BY_HOP.has(name) && !dropped.has(name));
}

/** What the API answered, without the headers of its connection. */
const answerHeaders = (headers: readonly Header[]): Header[] =>
  headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && name.toLowerCase() !== 'content-length');

export interface ForwarderDeps {
  readonly control: Pick<TaskControl, 'forward'>;
  readonly most?: { readonly perTask: number; readonly inAll: number };
  readonly timeoutMs?: number;
}

/** Who calls: tasks in the host's network share one allowance, because the agent cannot tell them apart. */
export type ForwardedTask = TaskName | 'host';

export class Forwarder {
  readonly #deps: ForwarderDeps;
  readonly #underWay = new Map<string, number>();
  #inAll = 0;

  constructor(deps: ForwarderDeps) {
    this.#deps = deps;
  }

  /** `read` reads the request with its body, once the task may call. */
  async send(task: ForwardedTask, read: () => Promise<ForwardedRequest>): Promise<Answer> {
    const { most = MOST, control, timeoutMs = CALL_TIMEOUT_MS } = this.#deps;
    const key = task === 'host' ? task : task.taskId;
    if ((this.#underWay.get(key) ?? 0) >= most.perTask || this.#inAll >= most.inAll)
      return serviceError(429, 'ThrottlingException', 'Too many calls of this task are under way. Try again.');
    this.#count(key, 1);
    let request: ForwardedRequest;
    try {
      request = await read();
    } catch (error) {
      this.#count(key, -1);
      throw error;
    }
    // A call that takes too long still counts until it ends.
    const call = control.forward(task === 'host' ? undefined : task, request).finally(() => this.#count(key, -1));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    try {
      const answer = await Promise.race([call, late]);
      if (answer === undefined)
        return serviceError(504, 'RequestTimeout', 'The control plane took too long to answer.');
      return {
        status: answer.status,
        headers: answerHeaders(answer.headers),
        body: Buffer.from(answer.body, 'base64'),
      };
    } catch (error) {
      if (error instanceof TaskCallRefused) return serviceError(403, 'AccessDeniedException', error.message);
      return serviceError(503, 'ServiceUnavailableException', 'The control plane does not answer.');
    } finally {
      clearTimeout(timer);
      call.catch(() => undefined);
    }
  }

  #count(key: string, change: 1 | -1): void {
    const count = (this.#underWay.get(key) ?? 0) + change;
    if (count === 0) this.#underWay.delete(key);
    else this.#underWay.set(key, count);
    this.#inAll += change;
  }
}
