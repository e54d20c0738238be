/** Which npm packages the agent needs, of those that the lock file names. Pure. */

export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** By their folders: `node_modules/a`, `node_modules/a/node_modules/b`. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** The compiler of workflows, which agents do not have: it is only loaded to compile. */
const LEFT_OUT: ReadonlySet<string> = new Set(['@swc/core']);

/**
 * The folders of the named packages and of all that they depend on, in their order. Optional ones are among them for all
 * platforms. Throws for a package that the lock file does not have.
 */
export function neededPackages(locked: LockedPackages, names: readonly string[]): readonly string[] {
  const needed = new Set<string>();
  const visit = (name: string, from: string): void => {
    if (LEFT_OUT.has(name)) return;
    const folder = folderOf(locked, name, from);
    if (folder === undefined)
      throw new Error(`package-lock.json does not have ${name}, which ${from || 'the agent'} needs.`);
    if (needed.has(folder)) return;
    needed.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = locked[folder] ?? {};
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each, folder);
  };
  for (const name of names) visit(name, '');
  return [...needed].sort();
}

/** Where Node.js finds the package for code in that folder: there, or in a folder above. */
function folderOf(locked: LockedPackages, name: string, from: string): string | undefined {
  const folder = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (locked[folder] !== undefined) return folder;
  if (from === '') return undefined;
  const above = from.lastIndexOf('/node_modules/');
  return folderOf(locked, name, above < 0 ? '' : from.slice(0, above));
}
