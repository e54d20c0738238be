/** The endpoint's HTTP server on loopback, with tasks of recorded containers and an engine that lists what a test says. */
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LABELS } from '../../../../activities/host/launch/labels.ts';
import type { TaskLife } from '../../../../activities/host/launch/task-life.ts';
import { answering } from '../../../../agent/task-endpoint/answers.ts';
import { Callers } from '../../../../agent/task-endpoint/callers.ts';
import { Forwarder, type ForwarderDeps } from '../../../../agent/task-endpoint/forwarding.ts';
import { IdIndex, TaskIds } from '../../../../agent/task-endpoint/ids.ts';
import { Inspects } from '../../../../agent/task-endpoint/inspects.ts';
import { type EndpointServerDeps, serveOn } from '../../../../agent/task-endpoint/server.ts';
import { Stats } from '../../../../agent/task-endpoint/stats.ts';
import { TaskKeys } from '../../../../agent/task-endpoint/task-keys.ts';
import { FakeTaskControl } from '../../../support/fake-task-control.ts';
import { inspected, lifeOf } from './builders.ts';

export interface Stage {
  readonly url: string;
  readonly port: number;
  readonly ids: TaskIds;
  readonly control: FakeTaskControl;
  /** The task that calls from loopback, and another one. */
  readonly life: TaskLife;
  readonly other: TaskLife;
  /** Which task the engine lists at 127.0.0.1. */
  caller: string | undefined;
  /** What the host knows of its tasks. */
  lives: readonly TaskLife[];
  /** The host's own addresses, in the kernel's table. */
  addresses: string;
  readonly warnings: string[];
  /** How often the engine was asked for a list, and for a container; how many of the next lists are still empty. */
  readonly engine: { lists: number; inspects: number; emptyLists: number };
  close(): Promise<void>;
}

export interface StageOptions {
  readonly timeouts?: EndpointServerDeps['timeouts'];
  readonly forwarder?: Omit<ForwarderDeps, 'control'>;
}

export async function startStage({ timeouts, forwarder }: StageOptions = {}): Promise<Stage> {
  const sockets = createServer();
  await new Promise<void>((resolve) => sockets.listen(0, '127.0.0.1', resolve));
  const { port } = sockets.address() as AddressInfo;
  const [life, other] = [lifeOf('bridge'), lifeOf('awsvpc')];
  const control = new FakeTaskControl();
  const ids = new TaskIds('11'.repeat(32));
  const warnings: string[] = [];
  const logger = { warn: (...args: readonly unknown[]) => void warnings.push(JSON.stringify(args)) };
  const engine = { lists: 0, inspects: 0, emptyLists: 0 };
  const stage = {
    ...{ url: `http://127.0.0.1:${port}`, port, ids, control, life, other, warnings, engine },
    caller: life.plan.taskId as string | undefined,
    lives: [life, other] as readonly TaskLife[],
    addresses: '',
  };
  const docker = engineOf(stage);
  const server = serveOn(sockets, {
    logger,
    ...(timeouts === undefined ? {} : { timeouts }),
    answer: answering({
      tasks: { lives: () => stage.lives, life: (id) => stage.lives.find(({ plan }) => plan.taskId === id) },
      ...{ control, logger, availabilityZone: 'us-east-1a', host: `127.0.0.1:${port}` },
      keys: new TaskKeys(control, Date.now),
      index: new IdIndex(ids),
      callers: new Callers({
        docker,
        containerInstanceId: 'i'.repeat(32),
        tasks: { lives: () => stage.lives, life: (id) => stage.lives.find(({ plan }) => plan.taskId === id) },
        readAddresses: () => Promise.resolve(stage.addresses),
      }),
      forwarder: new Forwarder({ control, ...forwarder }),
      inspects: new Inspects(docker, () => 0),
      stats: new Stats(docker, Date.now),
    }),
  });
  return Object.assign(stage, {
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function engineOf(stage: Pick<Stage, 'caller' | 'engine'>): Docker {
  const known = new Map(
    (['bridge', 'awsvpc'] as const).flatMap((mode) => [...inspected(mode).values()].map((info) => [info.Id, info])),
  );
  const engine = {
    listContainers: async () => {
      stage.engine.lists++;
      await sleep(1);
      if (stage.caller === undefined || stage.engine.emptyLists-- > 0) return [];
      const networks = { bridge: { IPAddress: '127.0.0.1' }, other: { IPAddress: '' } };
      return [{ Labels: { [LABELS.taskId]: stage.caller }, NetworkSettings: { Networks: networks } }];
    },
    getContainer: (id: string) => ({
      inspect: () => {
        stage.engine.inspects++;
        const found = known.get(id);
        return found === undefined
          ? Promise.reject(Object.assign(new Error('no such container'), { statusCode: 404 }))
          : Promise.resolve(found);
      },
      stats: () => Promise.reject(new Error('the engine does not answer')),
    }),
  };
  return engine as unknown as Docker;
}
