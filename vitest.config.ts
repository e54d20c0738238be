import { defineConfig } from 'vitest/config';

/** unit and property: pure and fast. The others run on real parts, which `npm test` sees to. */
const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    restoreMocks: true,
    // The SDK announces its own later versions' Node releases in every process.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    ...options,
  },
});

/** One Postgres for the project, one database for each file. */
const ON_POSTGRES = { testTimeout: 60_000, hookTimeout: 120_000, globalSetup: 'test/support/postgres-server.ts' };

// Groups run one after the other: what measures time on real engines has the machine for itself.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('unit'),
      project('property', { testTimeout: 60_000 }),
      project('store', ON_POSTGRES),
      project('workflow', { fileParallelism: false, testTimeout: 120_000, hookTimeout: 300_000 }),
      project('simulation', {
        testTimeout: 300_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        sequence: { groupOrder: 3 },
      }),
      project('replay', { testTimeout: 120_000, hookTimeout: 120_000 }),
      project('api', ON_POSTGRES),
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
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
