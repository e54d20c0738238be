/** `longshore token`: makes and manages the tokens by which other hosts join. */
import { parseArgs } from 'node:util';
import { defined } from '../../model/defined.ts';
import { answerOf } from '../local-api.ts';
import { parseDuration, type Settings } from '../../tools/settings.ts';
import { withUsage } from '../with-usage.ts';

const USAGE = `Usage: longshore token create [--cluster NAME] [--zone ZONE] [--uses N] [--expires TIME] [--json]
       longshore token list [--cluster NAME] [--json]
       longshore token revoke ID [--cluster NAME]

Asks a running Longshore that has an agent door.

  create     prints the line by which another Docker host joins. It is shown once
  --cluster  the cluster that hosts join (default: LONGSHORE_CLUSTER)
  --zone     the zone of all hosts that join; without it each says where it is (LONGSHORE_ZONE)
  --uses     how many hosts may join with it (default: 1)
  --expires  until when, such as 30m or 7d, at most 30d (default: 1h)
  list       prints the tokens, without their secrets
  revoke     no host can join with the token any more. Those that did stay: see longshore instance revoke`;

/** As the API shows it. */
interface JoinToken {
  readonly tokenId: string;
  readonly availabilityZone?: string;
  readonly uses: number;
  readonly usesLeft: number;
  readonly status: string;
  /** In seconds since the epoch. */
  readonly expiresAt: number;
  readonly createdBy: string;
}

const ACTIONS = ['create', 'list', 'revoke'] as const;

interface Wanted {
  readonly action: (typeof ACTIONS)[number];
  readonly id: string;
  readonly path: string;
  readonly json: boolean;
  readonly request: {
    readonly availabilityZone?: string;
    readonly uses?: number;
    readonly durationSeconds?: number;
  };
}

function readArguments(args: readonly string[], { clusterName }: Settings): Wanted {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      cluster: { type: 'string' },
      zone: { type: 'string' },
      uses: { type: 'string' },
      expires: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [word, id = '', ...more] = positionals;
  const action = ACTIONS.find((each) => each === word);
  if (action === undefined || more.length > 0 || (action === 'revoke') !== (id !== '')) {
    throw new Error('Which token, and what for?');
  }
  const { cluster = clusterName, zone, uses, expires, json } = values;
  if (action !== 'create' && (zone ?? uses ?? expires) !== undefined) {
    throw new Error('--zone, --uses and --expires are for create.');
  }
  if (uses !== undefined && !/^[1-9]\d{0,3}$/.test(uses)) throw new Error('--uses must be a whole number above 0.');
  const ms = expires === undefined ? undefined : parseDuration(expires);
  if (expires !== undefined && ms === undefined) throw new Error('--expires must be a duration such as 30m or 7d.');
  const request = defined({
    availabilityZone: zone,
    uses: uses === undefined ? undefined : Number(uses),
    durationSeconds: ms === undefined ? undefined : Math.round(ms / 1000),
  });
  return { action, id, json, request, path: `/v1/clusters/${encodeURIComponent(cluster)}/join-tokens` };
}

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const wanted = withUsage(USAGE, () => readArguments(args, settings));
  switch (wanted.action) {
    case 'create':
      return create(settings, wanted);
    case 'list':
      return list(settings, wanted);
    case 'revoke':
      return revoke(settings, wanted);
  }
}

async function create(settings: Settings, { path, request, json }: Wanted): Promise<void> {
  const made = await answerOf<{ readonly joinToken: JoinToken; readonly url: string }>(settings, path, {
    ...{ method: 'POST', body: JSON.stringify(request) },
  });
  const { uses, expiresAt } = made.joinToken;
  const hosts = uses === 1 ? 'one host' : `${uses} hosts`;
  // The line alone goes to standard output, so that a program can take it.
  process.stderr.write(
    `Until ${timeOf(expiresAt)}, ${hosts} can join. On the other host, with Docker and Longshore there:\n`,
  );
  process.stdout.write(json ? `${JSON.stringify(made)}\n` : `longshore agent --join ${made.url}\n`);
}

async function list(settings: Settings, { path, json }: Wanted): Promise<void> {
  const tokens: JoinToken[] = [];
  for (let next: string | undefined = ''; next !== undefined;) {
    const query: string = next === '' ? '' : `?after=${encodeURIComponent(next)}`;
    const page: { readonly joinTokens: readonly JoinToken[]; readonly next?: string } = await answerOf(
      settings,
      path + query,
    );
    tokens.push(...page.joinTokens);
    next = page.next;
  }
  if (json) process.stdout.write(`${JSON.stringify(tokens)}\n`);
  else if (tokens.length === 0) process.stderr.write('There is no join token. longshore token create makes one.\n');
  else process.stdout.write(tokens.map((token) => `${lineOf(token)}\n`).join(''));
}

async function revoke(settings: Settings, { path, id }: Wanted): Promise<void> {
  await answerOf(settings, `${path}/${encodeURIComponent(id)}`, { method: 'DELETE' });
  process.stdout.write(`No host can join with ${id} any more. To cut off one that did: longshore instance revoke ID\n`);
}

function lineOf({ tokenId, status, uses, usesLeft, expiresAt, availabilityZone, createdBy }: JoinToken): string {
  const zone = availabilityZone === undefined ? '' : `  zone ${availabilityZone}`;
  const of = `${usesLeft} of ${uses} uses left`;
  return `${tokenId}  ${status.padEnd(7)}  ${of}  until ${timeOf(expiresAt)}${zone}  by ${createdBy}`;
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
