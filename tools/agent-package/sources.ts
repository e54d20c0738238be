/** Of which files and packages the agent consists: those that its entry imports, and what they import in turn. */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What the launcher runs, from the root of the source tree. */
export const AGENT_ENTRY = 'cli/agent-child.mjs';
/** They say what the rest is: its version, and which packages belong to it. */
export const FACTS: readonly string[] = ['package.json', 'package-lock.json'];

/** An import or export with a source; not one of types alone, which no program loads. */
const STATIC = /^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s*)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*,?\s*\)/g;
/** A program that runs in a process of its own, or that the entry has loaded. */
const PROGRAM = /\bnew URL\('([^']+\.(?:mjs|ts))', import\.meta\.url\)/g;

export interface AgentSources {
  /** Paths from the root, with slashes, in their order. */
  readonly files: readonly string[];
  /** Names of the packages that the files import. */
  readonly packages: readonly string[];
}

/** Reads the tree below `root`. Throws if a file is missing that another one imports. */
export function agentSources(root: string): AgentSources {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    const beside = (name: string): string => path.posix.join(path.posix.dirname(file), name);
    for (const [, program = ''] of text.matchAll(PROGRAM)) visit(beside(program));
    for (const specifier of importsOf(text)) {
      if (specifier.startsWith('.')) visit(beside(specifier));
      else if (!specifier.startsWith('node:')) packages.add(packageName(specifier));
    }
  };
  visit(AGENT_ENTRY);
  for (const fact of FACTS) files.add(fact);
  return { files: [...files].sort(), packages: [...packages].sort() };
}

/** What a module imports, in its own words. Types alone do not count. */
export const importsOf = (text: string): readonly string[] =>
  [STATIC, DYNAMIC].flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, specifier]) => specifier ?? []));

/** `@scope/name/part` is of the package `@scope/name`. */
const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
