/** A service of forty on a real engine through the agent door, beside the same straight through Temporal. */
import { fileURLToPath } from 'node:url';
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { startCommand, startProgram } from './command.ts';
import { secondsOf } from './cpu.ts';
import { startDoor } from './door-process.ts';
import { registerTaskDefinition } from './ecs-service.ts';
import { awaitCounts, createService, endServices } from './fleet-site.ts';
import { removeAll } from './plain-docker.ts';
import { type BenchRow, median, timesReference } from './row.ts';
import type { Stage } from './stage.ts';
import { inTurns, type Side } from './turns.ts';

const COUNT = 40;
const ROUNDS = 5;
const TIMES_DIRECT = 1.1;
const READY = { readyWhen: 'the agent takes work', patienceMs: 180_000 };
const DIRECT_AGENT = fileURLToPath(new URL('direct-agent.ts', import.meta.url));

const clusterOf = (side: Side): string => `bench-service-${side}`;

export async function benchDoorService(stage: Stage): Promise<readonly BenchRow[]> {
  const [{ client }, longshore] = [await stage.engine(), await stage.longshore()];
  const { ecs } = longshore;
  await registerTaskDefinition(ecs);
  for (const side of ['door', 'direct'] as const)
    await ecs.send(new CreateClusterCommand({ clusterName: clusterOf(side) }));
  const door = await startAgents(stage);
  const launch = async (side: Side, service: string): Promise<number> => {
    const cluster = clusterOf(side);
    const begun = performance.now();
    await createService(ecs, service, COUNT, cluster);
    await awaitCounts(ecs, { service, cluster }, ({ running }) => running === COUNT);
    const ms = performance.now() - begun;
    await endServices(ecs, [service], cluster);
    await removeAll(client);
    return ms;
  };
  const times: Record<Side, number[]> = { door: [], direct: [] };
  const spent: number[] = [];
  await inTurns(stage.size(ROUNDS, 1), async (side, round) => {
    const before = secondsOf(door.pid);
    times[side].push(await launch(side, `${side}-${round}`));
    if (side === 'door') spent.push(secondsOf(door.pid) - before);
  });
  const reference = { name: 'ms straight through Temporal', value: median(times.direct) };
  const row = { name: `service of ${COUNT} through the agent door, create to all RUNNING`, unit: 'ms', reference };
  return [
    timesReference({ ...row, value: median(times.door) }, TIMES_DIRECT),
    { name: '  CPU of the door, create to all stopped', value: median(spent), unit: 's' },
  ];
}

/** An agent for each side, both for the stage's engine, each in a process and a cluster of its own. Returns the door. */
async function startAgents(stage: Stage) {
  const [{ socketPath }, longshore] = [await stage.engine(), await stage.longshore()];
  const { profileDir } = stage.options;
  const profiling = profileDir === undefined ? {} : { profileDir };
  const [longshoreDir, dataDir] = [stage.folder('longshore'), stage.folder('service-door')];
  const door = await startDoor({ longshore, longshoreDir, dataDir, ...profiling });
  stage.onEnd(() => door.stop());
  const env = { DOCKER_HOST: `unix://${socketPath}`, LONGSHORE_ZONE: 'a' };
  const joined = await startCommand(['agent', '--join', await door.joinUrl(clusterOf('door'), 1)], {
    ...{ ...READY, env },
    dataDir: stage.folder('service-agent-door'),
  });
  stage.onEnd(() => joined.stop());
  const direct = await startProgram(['--import', import.meta.resolve('tsx'), DIRECT_AGENT], {
    ...READY,
    dataDir: stage.folder('service-agent-direct'),
    env: { ...env, LONGSHORE_CLUSTER: clusterOf('direct'), TEMPORAL_ADDRESS: longshore.temporal.address },
  });
  stage.onEnd(() => direct.stop());
  return door;
}
