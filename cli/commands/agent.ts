/** `longshore agent`: joins this Docker host, or a fleet of simulated instances, to the cluster of a Longshore elsewhere. All its connections are outbound. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { KeptVersions } from '../../agent/update/kept-versions.ts';
import { CAPACITY_PROVIDER_ATTRIBUTE } from '../../model/container-instance.ts';
import { defined } from '../../model/defined.ts';
import { OWN_ROOT, ownAgentBuild } from '../../tools/agent-package/build.ts';
import { AGENT_ENTRY } from '../../tools/agent-package/sources.ts';
import { createProcessLogger } from '../../tools/logger.ts';
import { keepPrivate } from '../../tools/private-files.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { agentFolder } from '../agent-role.ts';
import { launchAgents } from '../launcher/launcher.ts';
import { awaitStopSignal, runUntilStopped, type Stops } from '../shutdown.ts';
import { withUsage } from '../with-usage.ts';

const USAGE = `Usage: longshore agent [--join https://HOST:PORT#TOKEN]
       longshore agent --simulate <count> [--join https://HOST:PORT#TOKEN] [--start-ms <ms>]
                       [--zones <zone>[,<zone>…]] [--cores <n>] [--memory <MiB>]

--join takes the URL that longshore token create prints. A host that has joined needs it no more.

--simulate registers this many container instances that have no containers, for rehearsals: their tasks reach RUNNING
after --start-ms (default 1000) and run until they are stopped. Each instance has the attribute longshore.simulated,
--cores CPU cores (default 4) and --memory MiB (default 16384). The instances are spread over --zones (default:
LONGSHORE_ZONE). With --join each of them joins by itself, which takes a use of the token (longshore token create --uses
<count>), and reaches the agent door alone. Without it they need TEMPORAL_ADDRESS and register in LONGSHORE_CLUSTER.`;

/** What --simulate asks for. Without it the agent serves this host's Docker engine. */
type Simulation = Readonly<Record<'count' | 'startMs' | 'cores' | 'memoryMiB', number>> & {
  readonly zones: readonly string[];
};

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const { simulation, join } = readArguments(args, settings);
  keepAgentPrivate(settings.dataDir);
  const logger = createProcessLogger(settings.logLevel);
  if (simulation === undefined) process.exit(await launch(settings, logger, join));
  const { installTemporalLogger } = await import('../../tools/temporal-log.ts');
  installTemporalLogger(logger);
  const start = (stops: Stops): Promise<void> => runFleet({ settings, logger, stops }, simulation, join);
  await runUntilStopped(start, { mayEndWhileStarting: true });
}

/** Closes only the agent's part: the rest of the folder may belong to a whole Longshore, whose Postgres needs access to it. */
function keepAgentPrivate(dataDir: string): void {
  for (const name of ['agent', 'docker']) {
    const folder = path.join(dataDir, name);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    keepPrivate(folder, { embeddedPostgres: false });
  }
}

/** Resolves to an exit code when the agent has ended. */
const launch = (settings: Settings, logger: Logger, join: string | undefined): Promise<number> =>
  launchAgents({
    own: { build: ownAgentBuild(), entry: path.join(OWN_ROOT, AGENT_ENTRY) },
    versions: new KeptVersions(agentFolder(settings)),
    logger,
    stop: awaitStopSignal(),
    ...defined({ join }),
  });

interface Fleet {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly stops: Stops;
}

async function runFleet({ settings, logger, stops }: Fleet, simulation: Simulation, join?: string): Promise<void> {
  const [{ startFleet }, { openMembers }] = await Promise.all([
    import('../../simulation/runtime/fleet.ts'),
    import('../simulated-members.ts'),
  ]);
  const begun = performance.now();
  const { count, ...shape } = simulation;
  const { capacityProvider, fargate = false } = settings;
  const group = capacityProvider === undefined ? [] : [{ name: CAPACITY_PROVIDER_ATTRIBUTE, value: capacityProvider }];
  const fleet = await startFleet({
    ...shape,
    through: await openMembers({ settings, logger, count }, join),
    attributes: [...settings.attributes, ...group],
    fargate,
    onError: (error) => logger.warn({ err: error }, 'a simulated instance failed; the others go on'),
  });
  stops.add('simulated instances', () => fleet.shutdown());
  const instances = fleet.containerInstanceIds.length;
  const ms = Math.round(performance.now() - begun);
  logger.info({ instances, ms }, 'simulated instances take work');
}

interface Wanted {
  readonly simulation?: Simulation;
  /** The URL of a token. */
  readonly join?: string;
}

function readArguments(args: readonly string[], settings: Settings): Wanted {
  const { simulate, join, zones, ...rest } = parse(args);
  // An empty URL stands for a variable that nobody set: the host has joined before, or is told how.
  const url = join === undefined || join === '' ? {} : { join };
  if (simulate === undefined) return url;
  const simulation = {
    count: number(simulate, '--simulate'),
    startMs: number(rest['start-ms'] ?? '1000', '--start-ms'),
    cores: number(rest.cores ?? '4', '--cores'),
    memoryMiB: number(rest.memory ?? '16384', '--memory'),
    zones: zones?.split(',') ?? [settings.availabilityZone],
  };
  return { simulation, ...url };
}

function number(text: string, name: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new SetupError(`${name} must be a whole number (it is "${text}").\n\n${USAGE}`);
  return Number(text);
}

const OPTIONS = {
  join: { type: 'string' },
  simulate: { type: 'string' },
  'start-ms': { type: 'string' },
  zones: { type: 'string' },
  cores: { type: 'string' },
  memory: { type: 'string' },
} as const;

function parse(args: readonly string[]): Partial<Record<keyof typeof OPTIONS, string>> {
  return withUsage(USAGE, () => parseArgs({ args: [...args], options: OPTIONS }).values);
}
