/**
 * Loads the TypeScript of a program. esbuild bundles it into a few files, which are kept beside the packages and used again until a
 * source changes: they load in less than half of the time that single sources take. Plain JavaScript, because it runs before all else.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const DAY_MS = 24 * 60 * 60 * 1000;
/** A process may load a part of its bundle late. Each says daily that it runs; after so long without a word, its bundle goes. */
const KEPT_MS = 7 * DAY_MS;
/** In a bundle's folder: the sizes of its other files. It is written last. */
const CONTENTS = 'contents.json';

/** @returns {string | undefined} Why the Node.js that runs is too old for the sources. */
export function nodeRefusal() {
  const { engines } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const [needed, found] = [engines.node.replace('>=', ''), process.versions.node].map((text) =>
    text.split('.').map(Number),
  );
  const isOlder = found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1]);
  return isOlder ? `needs Node.js ${needed.join('.')} or later; this is ${process.versions.node}.` : undefined;
}

/** Imports an entry, which is the URL of a source. The packages must be installed. */
export async function loadCode(entry) {
  // Without this the AWS SDK warns every user of Node.js 20 that its later versions need a newer release.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const bundle = await bundleOf(entry).catch((error) => {
    // Such as a full disk. If a source is wrong, tsx will say so too.
    process.stderr.write(`Longshore starts from its sources, without a bundle: ${error.message}\n`);
  });
  if (bundle === undefined) return loadSources(entry);
  setInterval(() => noteUse(dirname(bundle)), DAY_MS).unref();
  // Errors name lines of the sources.
  process.setSourceMapsEnabled(true);
  return import(pathToFileURL(bundle).href);
}

/** @returns {Promise<string | undefined>} The entry's file in its bundle, which is made if none is kept; undefined if none can be kept. */
export async function bundleOf(entry) {
  const file = fileURLToPath(entry);
  const name = basename(file, '.ts');
  const folder = join(root, 'node_modules', '.cache', 'longshore', name);
  const kept = keptBundle(folder);
  if (kept === undefined && !isWritable(folder)) return undefined;
  return join(kept ?? (await makeBundle(file, folder)), `${name}.js`);
}

/** Where nothing can be kept, tsx translates each file as it is loaded. */
async function loadSources(entry) {
  const { register } = await import('tsx/esm/api');
  register();
  return import(entry.href);
}

function isWritable(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const listOf = (folder) => join(folder, 'sources.json');

/** The bundle of the sources as they are. @returns {string | undefined} its folder */
function keptBundle(folder) {
  try {
    const digest = new Digest();
    for (const source of JSON.parse(fs.readFileSync(listOf(folder), 'utf8')))
      digest.add(source, fs.readFileSync(join(root, source)));
    const bundle = join(folder, digest.name());
    if (!isWhole(bundle)) return undefined;
    noteUse(bundle);
    return bundle;
  } catch {
    // There is none, or a source is gone.
    return undefined;
  }
}

/** After a loss of power, files may be missing, or there without their contents. */
function isWhole(bundle) {
  try {
    const contents = JSON.parse(fs.readFileSync(join(bundle, CONTENTS), 'utf8'));
    return Object.entries(contents).every(([name, size]) => fs.statSync(join(bundle, name)).size === size);
  } catch {
    return false;
  }
}

function writeContents(bundle) {
  const sizes = fs.readdirSync(bundle).map((name) => [name, fs.statSync(join(bundle, name)).size]);
  fs.writeFileSync(join(bundle, CONTENTS), JSON.stringify(Object.fromEntries(sizes)));
}

function noteUse(bundle) {
  const now = new Date();
  try {
    fs.utimesSync(bundle, now, now);
  } catch {
    // Another user made it, and removes it.
  }
}

/** Another process may do the same at the same time: each writes a folder of its own, and the first one's is kept. */
async function makeBundle(file, folder) {
  const { build, stop } = await import('esbuild');
  const digest = new Digest();
  const partial = fs.mkdtempSync(join(folder, 'partial-'));
  digest.add('tsconfig.json', fs.readFileSync(join(root, 'tsconfig.json')));
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outdir: partial,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    sourcemap: 'linked',
    keepNames: true,
    logLevel: 'silent',
    plugins: [asSource(digest)],
  }).catch((error) => {
    fs.rmSync(partial, { recursive: true, force: true });
    throw error;
  });
  await stop();
  writeContents(partial);
  const bundle = join(folder, digest.name());
  if (!isWhole(bundle)) fs.rmSync(bundle, { recursive: true, force: true });
  try {
    fs.renameSync(partial, bundle);
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true });
    if (!isWhole(bundle)) throw error;
  }
  const list = join(folder, `sources-${process.pid}`);
  fs.writeFileSync(list, JSON.stringify(digest.sources()));
  fs.renameSync(list, listOf(folder));
  removeOld(folder);
  return bundle;
}

const LOADERS = { '.ts': 'ts', '.mjs': 'js', '.js': 'js', '.json': 'json' };

/**
 * Each source takes itself for the file that it was: it finds what lies beside it. Commands whose code is not here, such as the bench
 * in the image, fail when somebody calls them.
 */
const asSource = (digest) => ({
  name: 'as-source',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) => {
      const file = resolve(resolveDir, path);
      if (kind !== 'dynamic-import' || fs.existsSync(file)) return undefined;
      return { path: pathToFileURL(file).href, external: true };
    });
    onLoad({ filter: /\.(?:ts|mjs|js|json)$/ }, async ({ path }) => {
      const content = await fs.promises.readFile(path);
      digest.add(relative(root, path), content);
      const loader = LOADERS[extname(path)];
      if (loader === 'json') return { contents: content, loader };
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: content.toString('utf8').replaceAll('import.meta.url', url), loader };
    });
  },
});

function removeOld(folder) {
  const since = Date.now() - KEPT_MS;
  for (const name of fs.readdirSync(folder)) {
    const path = join(folder, name);
    try {
      if (fs.statSync(path).mtimeMs < since) fs.rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process was quicker.
    }
  }
}

/** Names a set of sources, in whatever order they were read, and what else decides about their bundle. */
class Digest {
  #sources = new Map();

  add(source, content) {
    this.#sources.set(source, createHash('sha256').update(content).digest('hex'));
  }

  sources() {
    return [...this.#sources.keys()].sort();
  }

  name() {
    // A bundle has the places of its sources in it.
    const hash = createHash('sha256').update(`${process.versions.node}\0${root}\0`);
    hash.update(fs.readFileSync(fileURLToPath(import.meta.url)));
    hash.update(fs.readFileSync(resolve(root, 'node_modules', 'esbuild', 'package.json')));
    for (const source of this.sources()) hash.update(`\0${source}\0${this.#sources.get(source)}`);
    return hash.digest('hex').slice(0, 32);
  }
}
