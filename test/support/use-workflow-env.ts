/** The time-skipping server of a test file. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll } from 'vitest';
import { type EnvOfFile, quietTemporal, startWorkflowEnv } from './workflow-env.ts';

/** Only a clock that stands still takes this long, however busy the machine is. */
const CLOCK_PATIENCE_MS = 5_000;

/** Whether the clock skips, so that a minute passes at once. */
async function skipsTime(env: TestWorkflowEnvironment): Promise<boolean> {
  try {
    await env.connection.withAbortSignal(AbortSignal.timeout(CLOCK_PATIENCE_MS), () => env.sleep('1 minute'));
    return true;
  } catch {
    return false;
  }
}

/**
 * A server for the tests of one file, started before the first test and stopped after the last. Not one for many files: the
 * server ends connections that outlive a minute or two, for the SDK's keepalive pings are too many for it.
 */
export function useWorkflowEnv(): EnvOfFile {
  let env: TestWorkflowEnvironment | undefined;
  const current = (): TestWorkflowEnvironment => {
    if (!env) throw new Error('The environment is there inside of tests only.');
    return env;
  };
  beforeAll(async () => {
    quietTemporal();
    env = await startWorkflowEnv();
  });
  afterAll(() => env?.teardown());
  return {
    get current() {
      return current();
    },
    // A workflow that is terminated in the middle of a workflow task keeps the clock from skipping for good
    // (temporalio/sdk-java issue 3088).
    renewIfStuck: async () => {
      const spent = current();
      if (await skipsTime(spent)) return;
      env = await startWorkflowEnv();
      await spent.teardown();
    },
  };
}
