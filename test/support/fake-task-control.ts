/** The control plane's side of what an agent asks on behalf of its tasks, as tests want it. */
import type {
  ForwardedAnswer,
  ForwardedRequest,
  TaskControl,
  TaskCredentials,
  TaskName,
} from '../../model/task-calls.ts';

const HOUR_MS = 3_600_000;

export class FakeTaskControl implements TaskControl {
  /** Each call of `credentials`, in order. */
  readonly asked: TaskName[] = [];
  readonly forwarded: { readonly task: TaskName | undefined; readonly request: ForwardedRequest }[] = [];
  /** What the next calls do instead of an answer. */
  refusal: Error | undefined;
  lifeMs = 6 * HOUR_MS;
  now: () => number = Date.now;
  answer: (request: ForwardedRequest) => Promise<ForwardedAnswer> = (request) =>
    Promise.resolve({
      status: 200,
      headers: [['content-type', 'text/plain']],
      body: Buffer.from(`${request.method} ${request.url}`).toString('base64'),
    });

  secrets(): Promise<never> {
    return Promise.reject(new Error('the endpoint asks for no secrets'));
  }

  credentials(task: TaskName): Promise<TaskCredentials> {
    this.asked.push(task);
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    return Promise.resolve({
      roleArn: 'arn:aws:iam::123456789012:role/app',
      accessKeyId: `ASIA${this.asked.length}`,
      secretAccessKey: `secret of ${task.taskId}`,
      sessionToken: 'token',
      expiresAt: this.now() + this.lifeMs,
    });
  }

  forward(task: TaskName | undefined, request: ForwardedRequest): Promise<ForwardedAnswer> {
    this.forwarded.push({ task, request });
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    return this.answer(request);
  }
}

/** An answer of the API in JSON. */
export const jsonForwarded = (status: number, value: unknown): ForwardedAnswer => ({
  status,
  headers: [['x-amzn-requestid', 'request-1']],
  body: Buffer.from(JSON.stringify(value)).toString('base64'),
});
