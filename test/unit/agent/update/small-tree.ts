/** A source tree with an agent of a few lines and one package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LOCK = {
  packages: {
    '': { name: 'longshore' },
    'node_modules/tsx': { version: '4.0.0', integrity: 'sha512-t', dependencies: { inner: '1' } },
    'node_modules/tsx/node_modules/inner': { version: '1.0.0', integrity: 'sha512-i' },
    'node_modules/other': { version: '2.0.0', integrity: 'sha512-o' },
  },
};

/** Writes it into the folder, and returns that. */
export function smallTree(root: string, version: string, more: Readonly<Record<string, string>> = {}): string {
  const files = {
    'package.json': JSON.stringify({ name: 'longshore', version }),
    'package-lock.json': JSON.stringify(LOCK),
    'cli/agent-child.mjs': `import { readFileSync } from 'node:fs';\nimport 'tsx';\nawait import('./agent-child.ts');\n`,
    'cli/agent-child.ts': `import type { Never } from '../other/types.ts';\nimport {\n  value,\n} from '../agent/value.ts';\nexport const main = value;\n`,
    'agent/value.ts': `export { value } from './deep/value.ts';\n`,
    'agent/deep/value.ts': `export const value = 1;\n`,
    'other/types.ts': `export type Never = never;\n`,
    'node_modules/tsx/index.mjs': `export {};\n`,
    'node_modules/tsx/index.d.ts': `export {};\n`,
    'node_modules/tsx/node_modules/inner/index.mjs': `export {};\n`,
    'node_modules/other/index.mjs': `export {};\n`,
    ...more,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}
