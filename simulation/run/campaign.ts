/** Runs scenarios, seed after seed, until one fails, enough have run or the time is up. */
import { generateSteps } from '../scenario/generate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Step } from '../scenario/step.ts';
import { createRandom } from '../random.ts';
import { runScenario, type RunFailure, type RunResult } from './run.ts';
import { shrink, type Shrunk } from './shrink.ts';
import type { SimulationStage } from './stage.ts';

export interface NamedScenario {
  /** The name of the scenario's file. */
  readonly name: string;
  readonly scenario: Scenario;
}

export interface CampaignOptions {
  /** All of them run with one seed before the next seed begins. */
  readonly scenarios: readonly NamedScenario[];
  readonly stage: SimulationStage;
  readonly firstSeed: number;
  /** How many seeds; absent: one, or as many as the time allows. */
  readonly seeds?: number;
  /** How many random steps each run has; absent: the scenario's own number. */
  readonly steps?: number;
  /** No new run begins after this many milliseconds. */
  readonly forMs?: number;
  readonly shrinkForMs: number;
  readonly onRun: (name: string, seed: number, result: RunResult) => void;
  readonly onShrinking?: () => void;
}

export interface CampaignFailure extends RunFailure {
  readonly name: string;
  readonly seed: number;
  readonly shrunk: Shrunk;
}

export interface CampaignResult {
  readonly runs: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly realMs: number;
  readonly failure?: CampaignFailure;
}

/** All steps of a scenario's run with this seed. */
export const stepsOf = (scenario: Scenario, seed: number, count?: number): readonly Step[] => [
  ...scenario.steps,
  ...(scenario.expect.length > 0 ? [{ do: 'expect' as const, that: scenario.expect }] : []),
  ...generateSteps(scenario, createRandom(`${seed}/steps`), count),
];

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { scenarios, firstSeed, forMs } = options;
  const startedAt = performance.now();
  const isTimeUp = (): boolean => forMs !== undefined && performance.now() - startedAt > forMs;
  const most = options.seeds ?? (forMs === undefined ? 1 : Infinity);
  const totals = { runs: 0, steps: 0, virtualMs: 0 };
  let failure: CampaignFailure | undefined;
  for (let seed = firstSeed; seed < firstSeed + most && !isTimeUp() && !failure; seed += 1) {
    for (const one of scenarios) {
      if (isTimeUp() || failure) break;
      const steps = stepsOf(one.scenario, seed, options.steps);
      const result = await runScenario({ scenario: one.scenario, seed: String(seed), steps, ...options.stage });
      totals.runs += 1;
      totals.steps += result.steps;
      totals.virtualMs += result.virtualMs;
      options.onRun(one.name, seed, result);
      if (result.failure) failure = await describeFailure(options, one, { seed, steps, failure: result.failure });
    }
  }
  return { ...totals, realMs: performance.now() - startedAt, ...(failure ? { failure } : {}) };
}

interface FailedRun {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly failure: RunFailure;
}

async function describeFailure(
  options: CampaignOptions,
  { name, scenario }: NamedScenario,
  run: FailedRun,
): Promise<CampaignFailure> {
  options.onShrinking?.();
  return { ...run.failure, name, seed: run.seed, shrunk: await shrinkFailure(options, scenario, run) };
}

/** A shorter list of steps counts only if it breaks the same promise. */
function shrinkFailure(
  { stage, shrinkForMs }: CampaignOptions,
  scenario: Scenario,
  { seed, steps, failure }: FailedRun,
): Promise<Shrunk> {
  const startedAt = performance.now();
  const kinds = new Set(failure.violations.map(kindOf));
  const done = steps.slice(0, failure.step);
  // What the scenario itself expects depends on all of its steps. For any other failure, its expectations do not
  // matter.
  if (kinds.has('expect')) return Promise.resolve({ steps: done, tries: 0 });
  const fails = async (shorter: readonly Step[]): Promise<boolean> => {
    const result = await runScenario({ scenario, seed: String(seed), steps: shorter, ...stage });
    return result.failure?.violations.some((violation) => kinds.has(kindOf(violation))) === true;
  };
  const needed = done.filter((step) => step.do !== 'expect');
  return shrink(needed, fails, () => performance.now() - startedAt > shrinkForMs);
}

/** Each violation begins with the name of the broken promise. */
const kindOf = (violation: string): string => violation.slice(0, violation.indexOf(':'));
