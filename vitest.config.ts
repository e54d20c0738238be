import { defineConfig } from 'vitest/config';

/** unit: pure and fast. store, workflow, replay, docker, conformance: real parts, prepared by test/support/global-setup.ts. */
const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], restoreMocks: true, ...options },
});

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('unit'),
      project('property', { testTimeout: 60_000 }),
      project('store', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('workflow', { testTimeout: 120_000, hookTimeout: 300_000 }),
      project('replay', { testTimeout: 120_000, hookTimeout: 120_000 }),
      project('api', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('docker', { testTimeout: 180_000, hookTimeout: 300_000, fileParallelism: false }),
      project('conformance', { testTimeout: 300_000, hookTimeout: 600_000, fileParallelism: false }),
    ],
  },
});
