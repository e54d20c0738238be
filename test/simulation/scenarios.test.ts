/**
 * The scenarios of the repository with fixed seeds, about three minutes in all: the same runs for everybody. New seeds are
 * for `longshore sim SCENARIO --for 60m`. Runs of days in which everything fails now and then are read once more at their
 * end: the records of each life.
 */
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCampaign, stepsOf } from '../../simulation/run/campaign.ts';
import { runScenario } from '../../simulation/run/run.ts';
import { parseScenario, readScenario, writeFixedSteps, type Scenario } from '../../simulation/scenario/scenario.ts';
import type { SimulationDatabases } from '../../simulation/world/database.ts';
import { expectRecords, keepingRemains, type Remains } from '../support/simulation-remains.ts';
import { useSimulationStage } from '../support/use-simulation-stage.ts';

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const RUNS = [
  ...[1, 2, 3].map((seed) => ['everyday.yaml', seed] as const),
  ...[1, 2].map((seed) => ['daemons.yaml', seed] as const),
  ...[1, 2, 3].map((seed) => ['capacity-providers.yaml', seed] as const),
  ...[1, 3, 4].map((seed) => ['rollouts.yaml', seed] as const),
  ...[1, 2].map((seed) => ['zones.yaml', seed] as const),
];
/** Shorter runs of which only the records are of interest, beside those of DAEMON services. */
const FOR_RECORDS: readonly (readonly [file: string, seed: number, faults: Scenario['faults']])[] = [
  ['everyday.yaml', 11, {}],
  ['everyday.yaml', 12, {}],
  ['everyday.yaml', 24, { workflowTasksLost: 0.05 }],
];

const stage = useSimulationStage();

/**
 * Makes Postgres find rows in another way, so that they come in another order wherever a statement does not name one.
 */
const withOtherPlans = (databases: SimulationDatabases): SimulationDatabases => ({
  async open(dice) {
    const database = await databases.open(dice);
    for (const way of ['seqscan', 'hashjoin', 'hashagg']) await database.db.run(`SET enable_${way} = off`);
    return database;
  },
});

describe('simulation', () => {
  it('is the same run for the same seed, however Postgres finds the rows', async () => {
    const scenario = readScenario(path.join(folder, 'everyday.yaml'));
    const run = (seed: number, databases = stage().databases) =>
      runScenario({ scenario, seed: String(seed), steps: stepsOf(scenario, seed, 40), ...stage(), databases });
    const first = await run(7);
    expect((await run(7)).digest).toBe(first.digest);
    expect((await run(7, withOtherPlans(stage().databases))).digest).toBe(first.digest);
    expect((await run(8)).digest).not.toBe(first.digest);
  });

  it('is the same run again from the file of its steps', async () => {
    const file = path.join(folder, 'everyday.yaml');
    const often = { databaseAway: 0.05, databaseAnswersLost: 0.05, activityAnswersLost: 0.05 };
    const read = readScenario(file);
    const drawn = { ...read, faults: { ...read.faults, ...often } };
    const steps = stepsOf(drawn, 7, 40);
    const written = { ...parseScenario(writeFixedSteps(file, steps), file), faults: drawn.faults };
    const run = (scenario: typeof drawn) =>
      runScenario({ scenario, seed: '7', steps: stepsOf(scenario, 7, 40), ...stage() });
    expect((await run(written)).digest).toBe((await run(drawn)).digest);
  });

  async function keeps(file: string, seed: number, more: { steps?: number; faults?: Scenario['faults'] } = {}) {
    const { faults = {}, ...options } = more;
    const hasRecords = file === 'daemons.yaml' || more.steps !== undefined;
    const scenario = readScenario(path.join(folder, file));
    let remains: Remains | undefined;
    const databases = keepingRemains(stage().databases, (kept) => (remains = kept));
    const { failure } = await runCampaign({
      scenarios: [{ name: file, scenario: { ...scenario, faults: { ...scenario.faults, ...faults } } }],
      stage: hasRecords ? { ...stage(), databases } : stage(),
      firstSeed: seed,
      seeds: 1,
      ...options,
      shrinkForMs: 0,
      onRun: () => undefined,
    });
    const again = `longshore sim scenarios/${file} --seed ${seed} (step ${failure?.step ?? 0})`;
    expect(failure?.violations, `${again}\n${failure?.trace.slice(-30).join('\n') ?? ''}`).toBe(undefined);
    if (remains) expectRecords(remains);
  }

  it.each(RUNS)('%s keeps its promises with seed %i', (file, seed) => keeps(file, seed));

  it.each(FOR_RECORDS)('%s leaves whole records with seed %i', (file, seed, faults) =>
    keeps(file, seed, { steps: 120, faults }),
  );
});
