/** `longshore audit`: prints who changed what on a running Longshore, and who was refused, newest first. */
import { parseArgs } from 'node:util';
import type { AuditEvent } from '../../model/audit.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { withUsage } from '../with-usage.ts';
import { auditTable } from '../audit/table.ts';
import { timeOf } from '../audit/time.ts';
import { askApi } from '../local-api.ts';

const USAGE = `Usage: longshore audit [--user NAME] [--event NAME] [--source SERVICE] [--resource ARN|NAME] [--request ID] [--access-key ID] [--errors] [--since TIME] [--until TIME] [--limit N] [--json]

Prints calls that changed something, gave credentials or were denied, newest first. longshore why call ID explains one.

  --user        only calls of this user or role session, or of root
  --event       only calls of this operation, such as RunTask
  --source      only calls of this service, such as ecs; longshore for Longshore's own routes
  --resource    only calls about this resource: its ARN, id or name
  --request     only the call with this request id
  --access-key  only calls that were signed with this key
  --errors      only calls that were refused or failed
  --since       only calls from then on: 2026-11-30T16:00:00Z, or 90m, 2h, 7d ago
  --until       only calls up to then
  --limit       print at most this many (default: 50)
  --json        print each call as one line of JSON in CloudTrail's form`;

/** The API's limit for one answer. */
const PAGE = 1_000;

interface Wanted {
  readonly filter: URLSearchParams;
  readonly limit: number;
  readonly json: boolean;
}

function readArguments(args: readonly string[]): Wanted {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ user: text, event: text, source: text, resource: text, request: text, 'access-key': text },
      ...{ since: text, until: text, limit: text },
      ...{ errors: { type: 'boolean' }, json: { type: 'boolean' } },
    },
  });
  const { user, event, source, resource, request, since, until, errors, limit = '50', json = false } = values;
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new Error('--limit must be a whole number above 0.');
  const now = Date.now();
  const filters = {
    ...{ user, eventName: event, eventSource: source && sourceOf(source), resource, requestId: request },
    accessKeyId: values['access-key'],
    errorsOnly: errors === true ? 'true' : undefined,
    since: since && timeOf('--since', since, now),
    until: until && timeOf('--until', until, now),
  };
  const given = Object.entries(filters).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return { filter: new URLSearchParams(given), limit: Number(limit), json };
}

/** CloudTrail's name of a service; Longshore itself has none. */
const sourceOf = (service: string): string =>
  service.includes('.') || service === 'longshore' ? service : `${service}.amazonaws.com`;

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const wanted = withUsage(USAGE, () => readArguments(args));
  const events = await list(settings, wanted);
  if (wanted.json) for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);
  else process.stdout.write(events.length === 0 ? 'No calls are recorded that match.\n' : auditTable(events));
}

async function list(settings: Settings, { filter, limit }: Wanted): Promise<readonly AuditEvent[]> {
  const found: AuditEvent[] = [];
  for (let token: string | undefined; ;) {
    const asked = Math.min(limit - found.length, PAGE);
    const query = new URLSearchParams([...filter, ['limit', String(asked)]]);
    if (token !== undefined) query.set('nextToken', token);
    const response = await askApi(settings, `/v1/audit?${query.toString()}`);
    const page = (await response.json()) as { events?: readonly AuditEvent[]; nextToken?: string; message?: string };
    if (page.events === undefined) throw new SetupError(page.message ?? `The API answered ${response.status}.`);
    found.push(...page.events);
    token = page.nextToken;
    if (token === undefined || found.length >= limit) return found;
  }
}
