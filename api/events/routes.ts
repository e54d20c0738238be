/**
 * GET /v1/events, a page of past events, and GET /v1/events/stream, a live stream. Longshore's own routes, not ECS's.
 */
import type { Express, Request, Response } from 'express';
import type { Partition } from '../../model/arn.ts';
import type { EventStore } from '../../store/contract/events.ts';
import { ownAction } from '../auth/authorize.ts';
import type { Calls } from '../protocol/calls.ts';
import type { EventFeed } from './feed.ts';
import { readAfter, readFilter, readLimit } from './query.ts';
import { streamEvents } from './stream.ts';

export interface EventRoutes {
  readonly calls: Calls;
  readonly feed: EventFeed;
  readonly store: EventStore;
  readonly partition: Partition;
}

const READ_EVENTS = ownAction('ReadEvents');

export function addEventRoutes(app: Express, { calls, feed, store, partition }: EventRoutes): void {
  app.get('/v1/events', async ({ query }: Request, response: Response) => {
    await calls.authorize(response, READ_EVENTS);
    const filter = readFilter(query, partition);
    const page = { after: readAfter(query['after']) ?? 0, limit: readLimit(query) };
    const { items, through } = await feed.page(filter, page);
    // The items' texts are already JSON.
    const events = items.map(({ text }): unknown => JSON.parse(text));
    await calls.succeed(response, { status: 200, body: { events, next: String(through) } });
  });
  app.get('/v1/events/stream', async (request: Request, response: Response) => {
    await calls.authorize(response, READ_EVENTS);
    const filter = readFilter(request.query, partition);
    // When a browser reconnects, its own Last-Event-ID is newer than the page's first `after`.
    const after = readAfter(request.get('last-event-id') ?? request.query['after']);
    const stillAllowed = (): Promise<void> => calls.authorizeAgain(response, READ_EVENTS);
    await streamEvents(feed, response, { filter, start: after ?? (await store.eventHorizon()), stillAllowed });
  });
}
