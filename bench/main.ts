/** `npm run bench`: runs the benches, prints their rows as a table and saves them as JSON in bench-results/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { say, seconds } from '../tools/progress.ts';
import { type Settings, SetupError } from '../tools/settings.ts';
import { benchAccess } from './access.ts';
import { benchDoor } from './door.ts';
import { benchDoorService } from './door-service.ts';
import { benchFleet } from './fleet.ts';
import { benchIdleMemory } from './idle-memory.ts';
import { probeMachine, readCpuTicks, stealRow } from './machine.ts';
import { placementRows, policyRows, reconcileRows } from './pure-rows.ts';
import { benchReads } from './reads.ts';
import { benchReplacement } from './replacement.ts';
import { type BenchRow, tableOf, withoutReach } from './row.ts';
import { benchRunTask } from './run-task.ts';
import { benchServiceLaunch } from './service-launch.ts';
import { Stage, type StageOptions } from './stage.ts';
import { benchStoreCalls } from './store-calls.ts';

const RESULTS = fileURLToPath(new URL('../bench-results/', import.meta.url));

interface Bench {
  readonly what: string;
  /** Whether it starts engines in network namespaces, which needs root on Linux. */
  readonly needsEngine: boolean;
  readonly run: (stage: Stage, settings: Settings) => Promise<readonly BenchRow[]>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  memory: { what: 'memory of an idle Longshore, all in one', needsEngine: true, run: benchIdleMemory },
  service: {
    what: 'a service of 40, beside plain Docker calls and Swarm',
    needsEngine: true,
    run: benchServiceLaunch,
  },
  replacement: {
    what: 'a killed container replaced, beside one start and Swarm',
    needsEngine: true,
    run: benchReplacement,
  },
  'run-task': { what: 'RunTask calls, beside bare calls on the same Temporal', needsEngine: true, run: benchRunTask },
  reads: { what: 'DescribeTasks and ListTasks with 10,000 tasks, beside moto', needsEngine: true, run: benchReads },
  fleet: { what: 'thousands of tasks on a thousand simulated instances', needsEngine: true, run: benchFleet },
  'door-service': {
    what: 'a service of 40 through the agent door, beside the same straight through Temporal',
    needsEngine: true,
    run: benchDoorService,
  },
  door: {
    what: 'a thousand simulated instances through the agent door: idle, and launching',
    needsEngine: true,
    run: benchDoor,
  },
  store: { what: 'a snapshot of 5,000 instances, a reservation', needsEngine: false, run: benchStoreCalls },
  placement: { what: 'the pure placement and cluster queries', needsEngine: false, run: placementRows },
  reconcile: { what: 'the pure reconciliation', needsEngine: false, run: reconcileRows },
  access: {
    what: 'who calls and what they may do: signatures and policies',
    needsEngine: true,
    run: benchAccess,
  },
  policy: { what: 'a decision over 200 policy statements', needsEngine: false, run: policyRows },
};

const LIST = Object.entries(BENCHES)
  .map(([name, { what }]) => `  ${name.padEnd(14)}${what}`)
  .join('\n');

const USAGE = `Usage: npm run bench -- [--only <name>[,<name>…]] [--trial] [--profile] [--temporal <host:port>] [--list]

${LIST}

--trial uses small sizes and short loads and judges no reach: it shows that the rows work, in a few minutes.
--profile writes a CPU profile of Longshore's process to bench-results/.
--temporal takes a Temporal server that runs elsewhere, with nothing of Longshore's in it, instead of the embedded one.
`;

/**
 * Runs the benches that the arguments name; without arguments, all. Ends the process with code 1 if a bench fails or a
 * row misses its reach.
 */
export async function runBench(
  settings: Settings,
  args: readonly string[],
  awaitStopSignal: () => Promise<unknown>,
): Promise<void> {
  const { names, options, listOnly } = readArguments(args);
  if (listOnly) {
    process.stdout.write(`${LIST}\n`);
    return;
  }
  checkRoot(names);
  const stage = new Stage(options);
  void awaitStopSignal().then(async () => {
    await stage.end();
    process.exit(130);
  });
  const begun = performance.now();
  const outcomes: (readonly BenchRow[] | undefined)[] = [];
  try {
    outcomes.push(await probeMachine('before', stage.folder('probe')));
    const ticks = readCpuTicks();
    for (const name of names) outcomes.push(await runOne(name, stage, settings));
    outcomes.push([stealRow(ticks, readCpuTicks())], await probeMachine('after', stage.folder('probe')));
  } finally {
    await stage.end();
  }
  const measured = outcomes.flatMap((outcome) => outcome ?? []);
  const rows = options.isTrial ? measured.map(withoutReach) : measured;
  process.stdout.write(`\n${tableOf(rows)}\n`);
  say(`\n${keep(rows)} (${seconds(performance.now() - begun)})`);
  const isGood = !outcomes.includes(undefined) && rows.every((row) => row.reached !== false);
  process.exit(isGood ? 0 : 1);
}

interface Arguments {
  readonly names: readonly string[];
  readonly options: StageOptions;
  readonly listOnly: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const { only, profile = false, trial = false, list = false, temporal: temporalAddress } = parse(args);
  const names = only?.split(',') ?? Object.keys(BENCHES);
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown !== undefined) throw new SetupError(`There is no bench "${unknown}".\n\n${USAGE}`);
  const longshore = {
    ...(profile ? { profileDir: RESULTS } : {}),
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
  };
  return { names, options: { longshore, isTrial: trial }, listOnly: list };
}

const OPTIONS = {
  only: { type: 'string' },
  trial: { type: 'boolean' },
  profile: { type: 'boolean' },
  temporal: { type: 'string' },
  list: { type: 'boolean' },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function checkRoot(names: readonly string[]): void {
  if (names.every((name) => BENCHES[name]?.needsEngine === false)) return;
  if (process.platform === 'linux' && process.getuid?.() === 0) return;
  throw new SetupError(
    'This bench starts Docker engines of its own in network namespaces: run it as root on Linux.\n' +
      '  Without root: npm run bench -- --only store,placement,reconcile',
  );
}

/** Returns undefined if the bench failed; the others still run. */
async function runOne(name: string, stage: Stage, settings: Settings): Promise<readonly BenchRow[] | undefined> {
  const bench = BENCHES[name];
  if (bench === undefined) return undefined;
  say(`${name}: ${bench.what}`);
  const begun = performance.now();
  try {
    const rows = await bench.run(stage, settings);
    say(`  done (${seconds(performance.now() - begun)})`);
    return rows;
  } catch (error) {
    say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return undefined;
  }
}

/** Writes the JSON and returns the file's path. */
function keep(rows: readonly BenchRow[]): string {
  mkdirSync(RESULTS, { recursive: true });
  const at = new Date();
  const file = path.join(RESULTS, `${at.toISOString().replaceAll(/[:.]/g, '-')}.json`);
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadAverage: loadavg()[0],
  };
  writeFileSync(file, `${JSON.stringify({ at, machine, rows }, null, 2)}\n`);
  return `Kept in ${path.relative(process.cwd(), file)}`;
}
