/** `longshore orphans`: what other data folders left on this Docker engine, listed, and removed on request. */
import { parseArgs } from 'node:util';
import Docker from 'dockerode';
import { answeringEngine } from '../../tools/embedded/docker.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { findOrphans, isNamedBy, named, type Orphan, removeOrphans } from '../orphans/find-orphans.ts';
import { instanceIdOf, liveInstances } from '../orphans/other-instances.ts';

const USAGE = `Usage: longshore orphans [--json] [--remove [--in-use] [ID…]]

Lists the containers on the Docker engine (DOCKER_HOST) that carry Longshore's labels but belong to another container
instance than that of LONGSHORE_DATA: what is left when a data folder was deleted or is no longer used.

  --remove  ends and removes them and the volumes of their tasks: all, or those that the IDs name, which are container
            ids, container names or container instance ids, or the beginning of an id
  --in-use  removes also those that a Longshore on this machine looks after; without it they stay
  --json    the list as JSON, one container a line`;

interface Wanted {
  readonly remove: boolean;
  readonly inUse: boolean;
  readonly json: boolean;
  readonly ids: readonly string[];
}

function readArguments(args: readonly string[]): Wanted {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        remove: { type: 'boolean', default: false },
        'in-use': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { remove, json, 'in-use': inUse } = values;
    if (!remove && (inUse || positionals.length > 0)) throw new Error('IDs and --in-use go with --remove.');
    return { remove, inUse, json, ids: positionals };
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** Prints the list, or what was removed and what was not. */
export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  const docker = new Docker(await answeringEngine(settings.dockerHost));
  const orphans = await findOrphans(docker, { own: instanceIdOf(settings.dataDir), live: liveInstances() });
  if (wanted.remove) await remove(docker, orphans, wanted);
  else if (wanted.json) for (const orphan of orphans) process.stdout.write(`${JSON.stringify(orphan)}\n`);
  else process.stdout.write(table(orphans));
}

async function remove(docker: Docker, orphans: readonly Orphan[], { ids, inUse, json }: Wanted): Promise<void> {
  const unknown = ids.filter((id) => !orphans.some((orphan) => isNamedBy(orphan, id)));
  if (unknown.length > 0) {
    throw new SetupError(
      `There is no orphan ${unknown.join(', ')}. longshore orphans lists them; nothing was removed.`,
    );
  }
  const meant = named(orphans, ids);
  const going = meant.filter((orphan) => inUse || orphan.inUseBy === undefined);
  await removeOrphans(docker, going);
  if (json) for (const orphan of going) process.stdout.write(`${JSON.stringify(orphan)}\n`);
  else process.stdout.write(`Removed ${count(going.length)}.\n`);
  for (const orphan of meant) if (!going.includes(orphan)) process.stderr.write(`${kept(orphan)}\n`);
}

const count = (number: number): string => `${number} container${number === 1 ? '' : 's'}`;

const kept = ({ name, inUseBy }: Orphan): string =>
  `Not removed: ${name}. The Longshore on ${inUseBy?.dataDir} (pid ${inUseBy?.pid}) looks after it; stop that one first, or add --in-use.`;

const HEADINGS = ['CONTAINER', 'NAME', 'STATE', 'INSTANCE', 'CLUSTER', 'IN USE BY'];

function table(orphans: readonly Orphan[]): string {
  if (orphans.length === 0) return 'Nothing of another data folder is on this Docker engine.\n';
  const rows = orphans.map((orphan) => [
    orphan.containerId.slice(0, 12),
    orphan.name,
    orphan.state,
    orphan.containerInstanceId,
    orphan.cluster,
    orphan.inUseBy === undefined ? '-' : `${orphan.inUseBy.dataDir} (pid ${orphan.inUseBy.pid})`,
  ]);
  const lines = [HEADINGS, ...rows];
  const width = (column: number): number => Math.max(...lines.map((row) => row[column]?.length ?? 0));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(width(column))).join('  ');
  return lines.map((row) => `${line(row).trimEnd()}\n`).join('');
}
