/** Finds the Longshores that run on this machine, by the id of their container instance. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { INSTANCE_ID_FILE } from '../../agent/instance-id.ts';
import { readIdentity } from '../../agent/identity/kept-identity.ts';
import { findProcesses } from '../../tools/process.ts';

/** The id of the data folder's container instance: of the host that joined, or of the all-in-one. Undefined before the first start. */
export function instanceIdOf(dataDir: string): string | undefined {
  try {
    const joined = readIdentity(path.join(dataDir, 'agent'));
    if (joined !== undefined) return joined.containerInstanceId;
    return fs.readFileSync(path.join(dataDir, 'agent', INSTANCE_ID_FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A process that serves an instance, and its data folder. */
export interface LiveInstance {
  readonly pid: number;
  readonly dataDir: string;
}

/** Reads the processes, since an agent does not claim its data folder. Finds those whose environment this user may read. */
export function liveInstances(): ReadonlyMap<string, LiveInstance> {
  const live = findProcesses(['longshore.mjs']).flatMap((pid): [string, LiveInstance][] => {
    const dataDir = dataDirOf(pid);
    const id = dataDir === undefined ? undefined : instanceIdOf(dataDir);
    return dataDir === undefined || id === undefined ? [] : [[id, { pid, dataDir }]];
  });
  return new Map(live);
}

function dataDirOf(pid: number): string | undefined {
  let environment: readonly string[];
  let workFolder: string;
  try {
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const word = command[command.findIndex((part) => part.endsWith('longshore.mjs')) + 1];
    if (word !== 'start' && word !== 'agent') return undefined;
    environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    workFolder = fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
  const value = (name: string): string | undefined =>
    environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) || undefined;
  const home = value('HOME') ?? os.homedir();
  return path.resolve(
    workFolder,
    value('LONGSHORE_DATA')?.replace(/^~(?=\/|$)/, home) ?? path.join(home, '.longshore'),
  );
}
