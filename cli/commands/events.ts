/** `longshore events`: prints the events of a running Longshore, and with --follow new ones as they happen. */
import { parseArgs } from 'node:util';
import type { EventEnvelope } from '../../model/event.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { withUsage } from '../with-usage.ts';
import { eventLine } from '../events/event-line.ts';
import { followEvents, FollowRefused } from '../events/follow-events.ts';
import { askApi, nobodyAnswers } from '../local-api.ts';
import { awaitStopSignal } from '../shutdown.ts';

const USAGE = `Usage: longshore events [--follow] [--after POSITION] [--limit N] [--cluster NAME] [--type TYPE] [--resource ID] [--json]

  --follow    print new events until Ctrl-C
  --after     start after this position (default: the oldest event; with --follow: now)
  --limit     print at most this many events (not with --follow)
  --cluster   only events of this cluster
  --type      only events of this detail-type, such as "ECS Task State Change"; may be repeated
  --resource  only events of one task, service or container instance: its ARN, id or name
  --json      print each event as one line of JSON in EventBridge's form`;

/** The API's limit for one answer. */
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
    throw new Error(follow ? '--limit cannot be combined with --follow.' : '--limit must be a whole number above 0.');
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

/** Says how a later call resumes. On standard error, so that a program can read the events from standard output. */
const tellPosition = (position: string | undefined): void => {
  if (position !== undefined) process.stderr.write(`To resume here: --after ${position}\n`);
};

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const wanted = withUsage(USAGE, () => readArguments(args));
  tellPosition(await (wanted.follow ? follow(settings, wanted) : list(settings, wanted)));
}

/** Prints the events up to now, or up to the limit. */
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
      open: (headers) => askApi(settings, `/v1/events/stream?${filter.toString()}`, { headers, signal: stop.signal }),
      after,
      signal: stop.signal,
      onEvent: (_position, event) => void process.stdout.write(`${show(event)}\n`),
      onGap: () => void process.stderr.write('The stream ended; trying to resume it.\n'),
    });
  } catch (error) {
    throw error instanceof FollowRefused ? new SetupError(error.message) : nobodyAnswers(settings);
  }
}
