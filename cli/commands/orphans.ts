/** `longshore orphans`: lists what other data folders left on this Docker engine, and removes it on request. */
import { parseArgs } from 'node:util';
import Docker from 'dockerode';
import { answeringEngine } from '../../tools/embedded/docker.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { findOrphans, isNamedBy, named, type Orphan, removeOrphans } from '../orphans/find-orphans.ts';
import { instanceIdOf, liveInstances } from '../orphans/other-instances.ts';

const USAGE = `Usage: longshore orphans [--json] [--remove [--in-use] [ID…]]

Lists the containers on the Docker engine (DOCKER_HOST) that have Longshore's labels but do not belong to the container
instance of LONGSHORE_DATA. They remain when a data folder was deleted or is no longer used.

  --remove  kill and remove the containers, and remove the volumes of their tasks: all of them, or those that the IDs
            name. An ID is a container id, a container name, a container instance id, or the beginning of an id
  --in-use  also remove containers that a running Longshore on this machine manages
  --json    print each container as one line of JSON`;

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
    if (!remove && (inUse || positionals.length > 0)) throw new Error('IDs and --in-use need --remove.');
    return { remove, inUse, json, ids: positionals };
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** Prints the list, or which containers were removed and which were not. */
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
      `There is no orphan ${unknown.join(', ')}. Nothing was removed; longshore orphans prints the list.`,
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
  `Not removed: ${name}. The Longshore on ${inUseBy?.dataDir} (pid ${inUseBy?.pid}) manages it; stop that Longshore first, or add --in-use.`;

const HEADINGS = ['CONTAINER', 'NAME', 'STATE', 'INSTANCE', 'CLUSTER', 'IN USE BY'];

function table(orphans: readonly Orphan[]): string {
  if (orphans.length === 0) return 'There are no containers of other data folders on this Docker engine.\n';
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
