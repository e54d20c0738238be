/** A Longshore, an agent door in a process of its own, and simulated instances that joined through it. */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { say } from '../tools/progress.ts';
import { type DoorProcess, startDoor } from './door-process.ts';
import { registerTaskDefinition } from './ecs-service.ts';
import { type Longshore, startLongshore } from './longshore.ts';
import { type SimulatedFleet, startSimulatedFleet } from './simulated-fleet.ts';
import type { Stage } from './stage.ts';

export const DOOR_CLUSTER = 'bench-door';

export interface DoorSite {
  readonly longshore: Longshore;
  readonly longshoreDir: string;
  readonly door: DoorProcess;
  readonly fleet: SimulatedFleet;
  end(): Promise<void>;
}

interface DoorSiteOptions {
  /** Of its folders. */
  readonly name: string;
  readonly instances: number;
  /** The Longshore's. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The stage ends it if nobody did before. */
export async function startDoorSite(stage: Stage, { name, instances, settings }: DoorSiteOptions): Promise<DoorSite> {
  const longshoreDir = stage.folder(name);
  const dockerHost = `unix://${(await stage.engine()).socketPath}`;
  const { profileDir, ...options } = stage.options;
  const longshore = await startLongshore({ dataDir: longshoreDir, dockerHost, settings, ...options });
  const parts: { stop(): Promise<void> }[] = [longshore];
  const end = async (): Promise<void> => {
    for (const part of parts.splice(0)) await part.stop();
  };
  stage.onEnd(end);
  await registerTaskDefinition(longshore.ecs);
  await longshore.ecs.send(new CreateClusterCommand({ clusterName: DOOR_CLUSTER }));
  const profiling = profileDir === undefined ? {} : { profileDir };
  const door = await startDoor({ longshore, longshoreDir, dataDir: stage.folder(`${name}-door`), ...profiling });
  parts.unshift(door);
  say(`  joining ${instances} simulated instances`);
  const fleet = await startSimulatedFleet({
    through: { joinUrl: await door.joinUrl(DOOR_CLUSTER, instances) },
    count: instances,
    startMs: 0,
    dataDir: stage.folder(`${name}-instances`),
  });
  // Their ends need no good-bye.
  parts.unshift({ stop: () => fleet.kill() });
  return { longshore, longshoreDir, door, fleet, end };
}
