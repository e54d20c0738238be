/** GET /v1/why/{subject}/{id}: the chain from the API call to the present state. Longshore's own route, not ECS's. */
import type { Express, Request, Response } from 'express';
import type { Partition } from '../../model/arn.ts';
import { defined } from '../../model/defined.ts';
import type { Store } from '../../store/contract/store.ts';
import { resolveClusterName } from '../ecs/rules/clusters.ts';
import type { Calls } from '../protocol/calls.ts';
import { ownAction } from '../auth/authorize.ts';
import { whyChain } from './chain.ts';
import { readQuestion, unknownSubject } from './resolve.ts';
import { sentenceOf, type Step } from './step.ts';

export interface WhyRoute {
  readonly calls: Calls;
  readonly store: Store;
  readonly partition: Partition;
}

/** Ids and ARNs contain slashes, so the rest of the path is the id. */
const PATH = '/v1/why/:subject/*id';

const toWire = ({ at, kind, headline, details, decision }: Step) => ({
  at: at / 1000,
  kind,
  sentence: sentenceOf({ headline, details }),
  headline,
  details,
  ...defined({ decision }),
});

export function addWhyRoute(app: Express, { calls, store, partition }: WhyRoute): void {
  app.get(PATH, async ({ params, query }: Request, response: Response) => {
    await calls.authorize(response, ownAction('Explain'));
    const { subject, id } = params as unknown as { readonly subject: string; readonly id: readonly string[] };
    const cluster = typeof query['cluster'] === 'string' ? query['cluster'] : undefined;
    const clusterName = resolveClusterName(cluster, { partition });
    const question = await readQuestion({ store, partition }, { subject, id: id.join('/'), clusterName });
    const chain = await whyChain(store, question);
    if (chain.length === 0) throw unknownSubject(question);
    const body = { ...question, chain: chain.map(toWire) };
    await calls.succeed(response, { status: 200, body });
  });
}
