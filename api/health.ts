/** Liveness and readiness, for people, load balancers and set-up scripts. */
import type { Request, RequestHandler, Response } from 'express';
import type { Store } from '../store/contract/store.ts';
import type { WorkflowGateway } from './gateway.ts';

/** A check that takes longer than this counts as failed. */
const CHECK_TIMEOUT_MS = 2_000;

interface Readiness {
  readonly store: Pick<Store, 'ping'>;
  readonly workflows: Pick<WorkflowGateway, 'ping'>;
  readonly isReady: () => Promise<boolean>;
  readonly unwritable?: () => string | undefined;
}

/** GET /healthz: tells that this process is alive. */
export const answerHealthy = (_request: Request, response: Response): void => void response.json({ status: 'ok' });

/** GET /readyz: 200 if a task can really run now; otherwise 503 with what is missing. */
export const answerReady =
  (parts: Readiness): RequestHandler =>
  async (_request, response) => {
    const reasons = await missing(parts);
    if (reasons.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', reasons });
  };

async function missing({ store, workflows, isReady, unwritable }: Readiness): Promise<readonly string[]> {
  const [database, temporal, capacity] = await Promise.all([
    passes(store.ping().then(() => true)),
    passes(workflows.ping().then(() => true)),
    passes(isReady()),
  ]);
  const problem = unwritable?.();
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(database ? [] : ['The database does not answer.']),
    ...(temporal ? [] : ['Temporal does not answer.']),
    ...(capacity ? [] : ['No container instance can run tasks yet: no worker or agent is connected.']),
  ];
}

async function passes(check: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check, late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
