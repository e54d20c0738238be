/** A time-skipping server for the tests of one file: started before the first of them, torn down after the last. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll } from 'vitest';
import { type EnvOfFile, startWorkflowEnv } from './workflow-env.ts';

export function useWorkflowEnv(): EnvOfFile {
  let env: TestWorkflowEnvironment | undefined;
  beforeAll(async () => {
    env = await startWorkflowEnv();
  });
  afterAll(() => env?.teardown());
  return {
    get current() {
      if (!env) throw new Error('The environment is there inside of tests only.');
      return env;
    },
  };
}
