/** `longshore events`: what happened, page by page, and with --follow what happens, from a running Longshore. */
import { parseArgs } from 'node:util';
import type { EventEnvelope } from '../../model/event.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { eventLine } from '../events/event-line.ts';
import { followEvents, FollowRefused } from '../events/follow-events.ts';
import { apiUrl, askApi, nobodyAnswers } from '../local-api.ts';
import { awaitStopSignal } from '../shutdown.ts';

const USAGE = `Usage: longshore events [--follow] [--after POSITION] [--limit N] [--cluster NAME] [--type TYPE] [--resource ID] [--json]

  --follow    goes on with what happens until Ctrl-C; without --after from now on
  --after     goes on after this position; without it from the oldest event kept
  --limit     so many events at most (not with --follow)
  --cluster   of this cluster only
  --type      of this detail-type only, e.g. "ECS Task State Change"; may be repeated
  --resource  of one task, service or container instance: its ARN, id or name
  --json      the events as EventBridge has them, one a line`;

/** As many as one answer may have. */
const PAGE = 1_000;

interface Wanted {
  readonly follow: boolean;
  readonly after: string | undefined;
  readonly limit: number;
  readonly filter: URLSearchParams;
  readonly show: (event: EventEnvelope) => string;
}

function readArguments(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      follow: { type: 'boolean', short: 'f', default: false },
      after: { type: 'string' },
      limit: { type: 'string' },
      cluster: { type: 'string' },
      type: { type: 'string', multiple: true, default: [] },
      resource: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { follow, after, limit, cluster, type, resource, json } = values;
  if (limit !== undefined && (follow || !/^[1-9]\d{0,8}$/.test(limit)))
    throw new Error(follow ? '--limit does not go with --follow.' : '--limit is a whole number above 0.');
  const filter = new URLSearchParams(type.map((each): [string, string] => ['detailType', each]));
  if (cluster !== undefined) filter.set('cluster', cluster);
  if (resource !== undefined) filter.set('resource', resource);
  return {
    follow,
    after,
    limit: limit === undefined ? Infinity : Number(limit),
    filter,
    show: json ? (event) => JSON.stringify(event) : eventLine,
  };
}

/** Where a later call goes on: beside the events, so that what reads those is not disturbed. */
const tellPosition = (position: string | undefined): void => {
  if (position !== undefined) process.stderr.write(`Go on with --after ${position}\n`);
};

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  let wanted: Wanted;
  try {
    wanted = readArguments(args);
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  tellPosition(await (wanted.follow ? follow(settings, wanted) : list(settings, wanted)));
}

/** Up to now, or to the limit. */
async function list(settings: Settings, { after = '0', limit, filter, show }: Wanted): Promise<string> {
  let position = after;
  for (let left = limit; left > 0;) {
    const asked = Math.min(left, PAGE);
    const query = new URLSearchParams([...filter, ['after', position], ['limit', String(asked)]]);
    const response = await askApi(settings, `/v1/events?${query.toString()}`);
    const page = (await response.json()) as { events?: readonly EventEnvelope[]; next: string; message?: string };
    if (page.events === undefined) throw new SetupError(page.message ?? `The API answered ${response.status}.`);
    for (const event of page.events) process.stdout.write(`${show(event)}\n`);
    position = page.next;
    left -= page.events.length;
    if (page.events.length < asked) break;
  }
  return position;
}

async function follow(settings: Settings, { after, filter, show }: Wanted): Promise<string | undefined> {
  const stop = new AbortController();
  void awaitStopSignal().then(() => stop.abort());
  try {
    return await followEvents({
      url: `${apiUrl(settings)}/v1/events/stream?${filter.toString()}`,
      after,
      signal: stop.signal,
      onEvent: (_position, event) => void process.stdout.write(`${show(event)}\n`),
      onGap: () => void process.stderr.write('The stream ended: trying to go on where it was.\n'),
    });
  } catch (error) {
    throw error instanceof FollowRefused ? new SetupError(error.message) : nobodyAnswers(settings);
  }
}
