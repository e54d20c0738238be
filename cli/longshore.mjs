#!/usr/bin/env node
/**
 * The entry of every npm script. Plain JavaScript without dependencies, so that it runs right after `git clone`: it
 * installs the npm packages if needed, then runs cli/main.ts in this same process.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCode, nodeRefusal } from './code.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }>} */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** True when npm's record of its last complete install matches the lock file. Optional packages of other platforms may be absent. */
function isInstalled() {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = packagesOf(note);
  const production = process.env.NODE_ENV === 'production';
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return wanted.optional === true || (production && (wanted.dev === true || wanted.devOptional === true));
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Runs `npm ci`: shows the elapsed time, and npm's output when it fails. */
async function install() {
  const begun = Date.now();
  const elapsed = () => `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  const terminal = process.stderr.isTTY;
  const tell = (text, end = '\n') => process.stderr.write(`${terminal ? '\r\x1b[K' : ''}${text}${end}`);
  tell('  … installing npm packages (npm ci)', terminal ? '' : '\n');
  const repeat = setInterval(
    () => tell(`  … installing npm packages (npm ci, ${elapsed()})`, terminal ? '' : '\n'),
    terminal ? 1_000 : 15_000,
  );
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  const child = spawn(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  clearInterval(repeat);
  if (code !== 0) {
    tell(`  ✗ npm ci failed after ${elapsed()}:\n${output.trim()}`);
    process.exit(1);
  }
  tell(`  ✓ npm packages installed (${elapsed()})`);
}

const refusal = nodeRefusal();
if (refusal !== undefined) {
  console.error(`Longshore ${refusal}`);
  process.exit(1);
}
if (!isInstalled()) await install();
const { main } = await loadCode(new URL('main.ts', import.meta.url));
await main(process.argv.slice(2));
