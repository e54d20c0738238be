/** The time-skipping server of a test process, and so of one file at a time. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { beforeAll } from 'vitest';
import { type EnvOfFile, quietTemporal, startWorkflowEnv } from './workflow-env.ts';

const CLOCK_PATIENCE_MS = 1000;

/** Whether the clock skips, so that a minute passes at once. */
async function skipsTime(env: TestWorkflowEnvironment): Promise<boolean> {
  try {
    await env.connection.withAbortSignal(AbortSignal.timeout(CLOCK_PATIENCE_MS), () => env.sleep('1 minute'));
    return true;
  } catch {
    return false;
  }
}

/** Later files of the process find it as earlier ones leave it: at rest, its clock free. It ends with the process. */
let env: TestWorkflowEnvironment | undefined;

function current(): TestWorkflowEnvironment {
  if (!env) throw new Error('The environment is there inside of tests only.');
  return env;
}

export function useWorkflowEnv(): EnvOfFile {
  beforeAll(async () => {
    if (env) return;
    quietTemporal();
    env = await startWorkflowEnv();
  });
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
