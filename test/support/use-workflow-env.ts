/** A time-skipping server for the tests of one file: started before the first of them, torn down after the last. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll } from 'vitest';
import { type EnvOfFile, quietTemporal, startWorkflowEnv } from './workflow-env.ts';

const CLOCK_PATIENCE_MS = 1000;

/** Whether a minute passes at once. */
async function skipsTime(env: TestWorkflowEnvironment): Promise<boolean> {
  try {
    await env.connection.withAbortSignal(AbortSignal.timeout(CLOCK_PATIENCE_MS), () => env.sleep('1 minute'));
    return true;
  } catch {
    return false;
  }
}

export function useWorkflowEnv(): EnvOfFile {
  let env: TestWorkflowEnvironment | undefined;
  beforeAll(async () => {
    quietTemporal();
    env = await startWorkflowEnv();
  });
  afterAll(() => env?.teardown());
  const current = (): TestWorkflowEnvironment => {
    if (!env) throw new Error('The environment is there inside of tests only.');
    return env;
  };
  return {
    get current() {
      return current();
    },
    // A workflow that is terminated in the middle of a step keeps the clock from skipping for good (temporalio/sdk-java
    // issue 3088).
    renewIfStuck: async () => {
      const spent = current();
      if (await skipsTime(spent)) return;
      env = await startWorkflowEnv();
      await spent.teardown();
    },
  };
}
