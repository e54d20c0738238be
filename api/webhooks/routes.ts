/**
 * /v1/webhooks: creates, shows, changes and removes the operator's receivers of events. Longshore's own routes, not
 * ECS's.
 */
import { randomUUID } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import { EcsError } from '../../model/errors.ts';
import type { Webhook } from '../../model/webhook.ts';
import type { AddressPolicy } from '../../model/outgoing-address.ts';
import { defined } from '../../model/defined.ts';
import type { WebhookStore } from '../../store/contract/events.ts';
import { ownAction } from '../auth/authorize.ts';
import type { Calls } from '../protocol/calls.ts';
import { parseBody } from '../protocol/request-body.ts';
import { invalid } from '../ecs/rules/refusals.ts';
import { readWebhook } from './rules.ts';

const PAGE = 100;
const READ = ownAction('ReadWebhooks');
const WRITE = ownAction('WriteWebhooks');

export function addWebhookRoutes(
  app: Express,
  {
    calls,
    store,
    webhookAddresses,
  }: { readonly calls: Calls; readonly store: WebhookStore; readonly webhookAddresses: AddressPolicy },
): void {
  const answer = (response: Response, body: unknown, status = 200): Promise<void> =>
    calls.succeed(response, { status, body });
  const idOf = (request: Request): string => String(request.params['webhookId']);

  app.post('/v1/webhooks', async (request, response) => {
    await calls.authorize(response, WRITE);
    const { url, pattern, secret, status = 'ENABLED' } = readWebhook(parseBody(request.body), webhookAddresses);
    if (url === undefined) throw invalid('A webhook needs a url.');
    const webhook = await store.createWebhook({
      webhookId: randomUUID().replaceAll('-', ''),
      url,
      ...(pattern ? { pattern } : {}),
      ...(typeof secret === 'string' ? { secret } : {}),
      status,
      at: Date.now(),
    });
    await answer(response, presentWebhook(webhook), 201);
  });

  app.get('/v1/webhooks', async ({ query }, response) => {
    await calls.authorize(response, READ);
    const after = typeof query['after'] === 'string' ? { after: query['after'] } : {};
    const { items, next } = await store.listWebhooks({ limit: PAGE, ...after });
    await answer(response, { webhooks: items.map(presentWebhook), ...defined({ next }) });
  });

  app.get('/v1/webhooks/:webhookId', async (request, response) => {
    await calls.authorize(response, READ);
    await answer(response, presentWebhook(found(await store.getWebhook(idOf(request)))));
  });

  app.patch('/v1/webhooks/:webhookId', async (request, response) => {
    await calls.authorize(response, WRITE);
    const changes = readWebhook(parseBody(request.body), webhookAddresses);
    const webhook = await store.updateWebhook(idOf(request), { ...changes, at: Date.now() });
    await answer(response, presentWebhook(found(webhook)));
  });

  app.delete('/v1/webhooks/:webhookId', async (request, response) => {
    await calls.authorize(response, WRITE);
    const webhook = found(await store.getWebhook(idOf(request)));
    await store.deleteWebhook(webhook.webhookId);
    await answer(response, presentWebhook(webhook));
  });
}

function found(webhook: Webhook | undefined): Webhook {
  if (webhook !== undefined) return webhook;
  throw new EcsError('ResourceNotFoundException', 'The webhook was not found.');
}

/** Times are seconds, as in all REST answers. */
function presentWebhook({ delivery, ...webhook }: Webhook): object {
  const { position, lastDeliveredAt, failingSince, nextAttemptAt, ...rest } = delivery;
  return {
    ...webhook,
    createdAt: webhook.createdAt / 1000,
    updatedAt: webhook.updatedAt / 1000,
    delivery: {
      ...rest,
      position: String(position),
      ...seconds({ lastDeliveredAt, failingSince, nextAttemptAt }),
    },
  };
}

const seconds = (times: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, at / 1000]])));
