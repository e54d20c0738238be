/**
 * The workflow bundle, kept in a cache: building it takes seconds, and it changes only with the code. A child process
 * builds it by running this file with the target and the interceptor modules, because the bundler blocks its process
 * and leaves a hundred megabytes behind in it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEAN_GLOBALS } from './lean-globals.ts';
import { LEAN_PROMISES } from './lean-promises.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The folders of ours from which workflow code may import. */
const BUNDLED_FOLDERS = ['model', 'scheduler', 'workflows', 'activities'];

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function sourceDigest(interceptorModules: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  // The exact version of every library that the bundle includes.
  hash.update(await readFile(join(root, 'package-lock.json')));
  // How the bundle is built.
  hash.update(await readFile(fileURLToPath(import.meta.url)));
  for (const folder of BUNDLED_FOLDERS) {
    for (const file of await sourceFiles(folder)) hash.update(file.slice(root.length)).update(await readFile(file));
  }
  for (const file of interceptorModules) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}

/**
 * Returns the bundle of workflows/index.ts, from the cache if the sources are the same. Several processes may call this
 * at once. `interceptorModules`: files that export `interceptors`, for every workflow of the bundle. Rejects if the
 * bundle cannot be built.
 */
export async function loadWorkflowBundle(
  cacheDir: string,
  interceptorModules: readonly string[] = [],
): Promise<{ code: string }> {
  const file = join(cacheDir, `workflows-${await sourceDigest(interceptorModules)}.js`);
  try {
    return lean(await readFile(file, 'utf8'));
  } catch {
    // No bundle has been built for these sources.
  }
  await mkdir(cacheDir, { recursive: true });
  await buildInChild([file, ...interceptorModules]);
  return lean(await readFile(file, 'utf8'));
}

async function buildInChild(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: root,
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the workflow bundle could not be built: ${output.trim()}`);
}

async function build(file: string, interceptorModules: readonly string[]): Promise<void> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  const bundle = await bundleWorkflowCode({
    workflowsPath,
    // No module of ours holds state (eslint.config.mjs), so all workflows of a worker share one instance of each.
    // Evaluating them again would be a good part of what a workflow's start costs.
    preloadModules: [workflowsPath],
    workflowInterceptorModules: [...interceptorModules],
    webpackConfigHook: forThisNode,
    logger: new DefaultLogger('WARN'),
  });
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, bundle.code);
  await rename(partial, file);
}

interface SwcRule {
  readonly use?: { readonly options?: { readonly jsc?: { target?: string } } };
}

/**
 * The SDK compiles for ES2017, which has no spread of objects and no private fields: each of them would be a call of a helper.
 * Node has them since long. Throws if the SDK no longer has this setting.
 */
function forThisNode<Config extends { readonly module?: { readonly rules?: unknown } }>(config: Config): Config {
  const rules = (config.module?.rules ?? []) as readonly SwcRule[];
  const jsc = rules.map(({ use }) => use?.options?.jsc).find((each) => each?.target !== undefined);
  if (jsc === undefined) throw new Error('the bundler of workflows has no target to set');
  jsc.target = 'es2022';
  return config;
}

/** The code goes onto the bundle's first line, because its source map counts lines. */
const lean = (code: string): { code: string } => ({ code: LEAN_GLOBALS + LEAN_PROMISES + code });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file = '', ...interceptorModules] = process.argv;
  await build(file, interceptorModules);
}
