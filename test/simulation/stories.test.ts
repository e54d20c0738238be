/** Stories with fixed steps and the expectations at each: hours of a cluster on the real workflows, in virtual time. */
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { stepsOf } from '../../simulation/run/campaign.ts';
import { runScenario } from '../../simulation/run/run.ts';
import { readScenario } from '../../simulation/scenario/scenario.ts';
import { useSimulationStage } from '../support/use-simulation-stage.ts';

const folder = fileURLToPath(new URL('stories/', import.meta.url));
const SEED = 1;

const stage = useSimulationStage();

it.each(readdirSync(folder))('%s', async (file) => {
  const scenario = readScenario(path.join(folder, file));
  const { failure } = await runScenario({ scenario, seed: String(SEED), steps: stepsOf(scenario, SEED), ...stage() });
  const told = `${failure?.violations.join('\n') ?? ''}\n${failure?.trace.slice(-20).join('\n') ?? ''}`;
  expect(failure === undefined, told).toBe(true);
});
