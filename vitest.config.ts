/** The projects of the tests, and what each runs on. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** unit and property: pure and fast. The others run on real parts, which `npm test` sees to. */
const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    restoreMocks: true,
    unstubEnvs: true,
    // Limits that only a fault reaches, however busy the machine is.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // The SDK announces its own later versions' Node releases in every process.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    ...options,
  },
});

/** Files that leave no state in modules: a process runs many of them and imports everything once. */
const SHARED_PROCESS = { isolate: false };

/** One Postgres for the project, one database for each file. */
const ON_POSTGRES = { globalSetup: 'test/support/postgres-server.ts' };

export default defineConfig({
  test: {
    reporters: ['default'],
    // By default Vitest leaves one core free, so on two cores no file would run beside another.
    maxWorkers: availableParallelism(),
    projects: [
      project('unit', SHARED_PROCESS),
      project('property', SHARED_PROCESS),
      project('store', { ...SHARED_PROCESS, ...ON_POSTGRES }),
      project('workflow', { ...SHARED_PROCESS, testTimeout: 120_000, hookTimeout: 300_000 }),
      project('simulation', { testTimeout: 900_000 }),
      project('replay', { testTimeout: 120_000 }),
      project('api', { ...SHARED_PROCESS, ...ON_POSTGRES }),
      // Groups run one after the other: real engines have the machine for themselves.
      project('docker', {
        testTimeout: 180_000,
        hookTimeout: 300_000,
        fileParallelism: false,
        sequence: { groupOrder: 1 },
      }),
      project('conformance', {
        testTimeout: 300_000,
        hookTimeout: 600_000,
        fileParallelism: false,
        setupFiles: 'test/conformance/support/tell-failures.ts',
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
