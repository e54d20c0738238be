/** Which build of the agent a source tree has. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentBuild } from '../../model/agent-update.ts';
import { type LockedPackages, neededPackages } from './packages.ts';
import { agentSources, FACTS } from './sources.ts';

/** The root of the tree that this program is of. */
export const OWN_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Hexadecimal digits: short enough to read, long enough for no two builds of anybody's to meet. */
const DIGITS = 12;

export interface AgentParts extends AgentBuild {
  /** Paths of its source files from the root, in their order. */
  readonly files: readonly string[];
  /** Folders of its packages from the root, in their order; those of other platforms may be absent. */
  readonly packages: readonly string[];
}

/** Reads the tree; takes some ten milliseconds. The hash is the same on every platform. */
export function readAgentParts(root: string): AgentParts {
  const { files, packages: names } = agentSources(root);
  const locked = readLock(root);
  const packages = neededPackages(locked, names);
  const hash = createHash('sha256');
  // Of these, only what belongs to the agent counts.
  for (const file of files.filter((each) => !FACTS.includes(each)))
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0');
  for (const folder of packages)
    hash.update(`${folder}\0${locked[folder]?.integrity ?? locked[folder]?.version ?? ''}\0`);
  return { version: readVersion(root), hash: hash.digest('hex').slice(0, DIGITS), files, packages };
}

export function readAgentBuild(root: string): AgentBuild {
  const { version, hash } = readAgentParts(root);
  return { version, hash };
}

let own: AgentBuild | undefined;

/** The build that this process runs. The tree is read once, so an upgrade of the files changes nothing. */
export const ownAgentBuild = (): AgentBuild => (own ??= readAgentBuild(OWN_ROOT));

/** For what this process's own packages are, as Node.js names it: `linux-x64`. */
export const ownPlatform = (): string => `${process.platform}-${process.arch}`;

const readJson = (root: string, file: string): unknown => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

const readLock = (root: string): LockedPackages =>
  (readJson(root, 'package-lock.json') as { readonly packages: LockedPackages }).packages;

const readVersion = (root: string): string => (readJson(root, 'package.json') as { readonly version: string }).version;
