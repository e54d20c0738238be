/** `longshore sim SCENARIO…`: simulates a cluster in virtual time and checks Longshore's promises after each step; see docs/simulation.md. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defined } from '../../model/defined.ts';
import { runCampaign, type CampaignFailure, type CampaignResult } from '../../simulation/run/campaign.ts';
import type { RunResult } from '../../simulation/run/run.ts';
import { openSimulationStage } from '../../simulation/run/stage.ts';
import { readScenario, ScenarioError, writeFixedSteps } from '../../simulation/scenario/scenario.ts';
import { duration } from '../../simulation/scenario/values.ts';
import { awaitStopSignal } from '../shutdown.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';

const USAGE = `Usage: longshore sim SCENARIO… [--seed N] [--seeds N] [--steps N] [--for 60m]

  SCENARIO   a file that describes a cluster and what happens to it, such as scenarios/everyday.yaml
  --seed     the first seed (default: a random one, which is printed)
  --seeds    run each scenario this many times, each time with the next seed
  --steps    the number of random steps in a run (default: as the scenario says)
  --for      start new runs until this time has passed, such as 60m`;

/** Time to shrink a failing list of steps. */
const SHRINK_FOR_MS = 180_000;
const HOUR_MS = 3_600_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ends the process with code 1 when a promise was broken. */
export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const asked = readArguments(args);
  const scenarios = asked.files.map((name) => ({ name, scenario: asSetupError(() => readScenario(name)) }));
  const stage = await openSimulationStage(path.join(settings.cacheDir, 'workflows'));
  // The stage's Postgres must not outlive this process.
  let stopping: Promise<void> | undefined;
  void awaitStopSignal().then(() => {
    stopping = stage.close().then(() => process.exit(130));
  });
  try {
    const result = await runCampaign({
      scenarios,
      stage,
      firstSeed: asked.seed,
      shrinkForMs: SHRINK_FOR_MS,
      ...defined({ seeds: asked.seeds, steps: asked.steps, forMs: asked.forMs }),
      onRun: (name, seed, outcome) => process.stdout.write(`${name} ${runLine(seed, outcome)}\n`),
      onShrinking: () => process.stdout.write('A promise was broken. Shrinking the steps that lead there …\n'),
    });
    process.stdout.write(`${totalLine(result)}\n`);
    if (result.failure) {
      process.exitCode = 1;
      tell(result.failure);
    }
  } catch (error) {
    // After a signal, errors are only the result of stopping Postgres under the run.
    await stopping;
    throw error;
  } finally {
    await stage.close();
  }
}

function tell({ name: file, seed, step, violations, shrunk, trace }: CampaignFailure): void {
  const name = `${path.basename(file).replace(/\.\w+$/, '')}-seed-${seed}.yaml`;
  writeFileSync(name, writeFixedSteps(file, shrunk.steps));
  process.stdout.write(`
${trace.slice(-40).join('\n')}

FAILED  ${file}, seed ${seed}, step ${step}, commit ${commit()}
${violations.map((violation) => `  ${violation}`).join('\n')}

Reproduce with:             longshore sim ${file} --seed ${seed}
or with only ${shrunk.steps.length} steps, which are now in ${name} (found in ${shrunk.tries} tries):
                            longshore sim ${name} --seed ${seed}
`);
}

function runLine(seed: number, { steps, virtualMs, realMs, digest, tasks, replays, failure }: RunResult): string {
  const virtual = `${(virtualMs / 60_000).toFixed(0)} virtual minutes`;
  const speed = `${((steps / realMs) * 1000).toFixed(0)} steps/s`;
  const work = `${tasks} workflow tasks, ${replays} replays`;
  return `seed ${seed}: ${failure ? 'FAILED after' : 'kept every promise in'} ${steps} steps, ${virtual}, ${work}, ${(realMs / 1000).toFixed(1)} s (${speed}), ${digest}`;
}

function totalLine({ runs, steps, virtualMs, realMs }: CampaignResult): string {
  const speed = `${((steps / realMs) * 1000).toFixed(0)} steps/s`;
  return `${runs} runs, ${steps} steps, ${(virtualMs / HOUR_MS).toFixed(1)} virtual hours in ${(realMs / 1000).toFixed(0)} s (${speed})`;
}

interface Arguments {
  readonly files: readonly string[];
  readonly seed: number;
  readonly seeds?: number;
  readonly steps?: number;
  readonly forMs?: number;
}

function readArguments(args: readonly string[]): Arguments {
  const option = { type: 'string' } as const;
  const parsed = asSetupError(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { seed: option, seeds: option, steps: option, for: option },
    }),
  );
  const { values, positionals: files } = parsed;
  if (files.length === 0) throw new SetupError(USAGE);
  const seeds = number('--seeds', values.seeds);
  const steps = number('--steps', values.steps);
  const forMs = values.for === undefined ? undefined : time(values.for);
  return {
    files,
    seed: number('--seed', values.seed) ?? Date.now() % 1_000_000,
    ...defined({ seeds, steps, forMs }),
  };
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new SetupError(`${name} must be a whole number.\n\n${USAGE}`);
  return Number(text);
}

function time(text: string): number {
  const result = duration.safeParse(text);
  if (!result.success) throw new SetupError(`--for ${text}: ${result.error.issues[0]?.message ?? ''}`);
  return result.data;
}

/** Turns mistakes that the user can correct into messages without a stack trace. */
function asSetupError<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const isTheirs = error instanceof ScenarioError || (error instanceof TypeError && 'code' in error);
    if (isTheirs) throw new SetupError(error.message);
    throw error;
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, stdio: 'pipe' }).toString().trim();
  } catch {
    return 'unknown';
  }
}
