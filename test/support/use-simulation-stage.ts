/** The stage of simulations for the tests of one file: opened before the first test, closed after the last. */
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openSimulationStage, type SimulationStage } from '../../simulation/run/stage.ts';

export function useSimulationStage(): () => SimulationStage {
  let stage: SimulationStage | undefined;
  beforeAll(async () => {
    stage = await openSimulationStage(path.join(tmpdir(), 'longshore-test-bundles'));
  });
  afterAll(() => stage?.close());
  return () => {
    if (!stage) throw new Error('The stage is only available inside tests.');
    return stage;
  };
}
