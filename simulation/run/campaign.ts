/** Runs of one scenario, seed after seed, until one fails, their number is reached or the time is up. */
import { generateSteps } from '../scenario/generate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Step } from '../scenario/step.ts';
import { createRandom } from '../random.ts';
import { runScenario, type RunFailure, type RunResult } from './run.ts';
import { shrink, type Shrunk } from './shrink.ts';
import type { SimulationStage } from './stage.ts';

export interface CampaignOptions {
  readonly scenario: Scenario;
  readonly stage: SimulationStage;
  readonly firstSeed: number;
  /** Absent: one, or as many as the time allows. */
  readonly seeds?: number;
  /** Random steps of each run; absent: the scenario's own number. */
  readonly steps?: number;
  /** No new seed begins after this time. */
  readonly forMs?: number;
  readonly shrinkForMs: number;
  readonly onRun: (seed: number, result: RunResult) => void;
  readonly onShrinking?: () => void;
}

export interface CampaignFailure extends RunFailure {
  readonly seed: number;
  readonly shrunk: Shrunk;
}

export interface CampaignResult {
  readonly seeds: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly realMs: number;
  readonly failure?: CampaignFailure;
}

/** Everything that is done in the run of a seed. */
export const stepsOf = (scenario: Scenario, seed: number, count?: number): readonly Step[] => [
  ...scenario.steps,
  ...(scenario.expect.length > 0 ? [{ do: 'expect' as const, that: scenario.expect }] : []),
  ...generateSteps(scenario, createRandom(`${seed}/steps`), count),
];

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { scenario, stage, firstSeed, forMs } = options;
  const startedAt = performance.now();
  const isTimeUp = (): boolean => forMs !== undefined && performance.now() - startedAt > forMs;
  const most = options.seeds ?? (forMs === undefined ? 1 : Infinity);
  const totals = { seeds: 0, steps: 0, virtualMs: 0 };
  let failure: CampaignFailure | undefined;
  for (let seed = firstSeed; totals.seeds < most && !isTimeUp() && !failure; seed += 1) {
    const steps = stepsOf(scenario, seed, options.steps);
    const result = await runScenario({ scenario, seed: String(seed), steps, ...stage });
    totals.seeds += 1;
    totals.steps += result.steps;
    totals.virtualMs += result.virtualMs;
    options.onRun(seed, result);
    if (result.failure) {
      options.onShrinking?.();
      failure = { ...result.failure, seed, shrunk: await shrinkFailure(options, seed, steps, result.failure) };
    }
  }
  return { ...totals, realMs: performance.now() - startedAt, ...(failure ? { failure } : {}) };
}

/** Shorter lists count when the same promise is broken. */
function shrinkFailure(
  { scenario, stage, shrinkForMs }: CampaignOptions,
  seed: number,
  steps: readonly Step[],
  failure: RunFailure,
): Promise<Shrunk> {
  const startedAt = performance.now();
  const kinds = new Set(failure.violations.map(kindOf));
  const done = steps.slice(0, failure.step);
  // What the scenario itself expects hangs on all of its steps; for any other failure it is of no concern.
  if (kinds.has('expect')) return Promise.resolve({ steps: done, tries: 0 });
  const fails = async (shorter: readonly Step[]): Promise<boolean> => {
    const result = await runScenario({ scenario, seed: String(seed), steps: shorter, ...stage });
    return result.failure?.violations.some((violation) => kinds.has(kindOf(violation))) === true;
  };
  const needed = done.filter((step) => step.do !== 'expect');
  return shrink(needed, fails, () => performance.now() - startedAt > shrinkForMs);
}

/** Violations begin with the name of the promise. */
const kindOf = (violation: string): string => violation.slice(0, violation.indexOf(':'));
