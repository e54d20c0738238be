/** `longshore why` as its users run it, after a container was killed and a new revision rolled out on a real engine. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StopTaskCommand, UpdateServiceCommand, type Task } from '@aws-sdk/client-ecs';
import { expect, it, vi } from 'vitest';
import { withLongshore } from './support/lifetime.ts';
import { createService, describeService, registerWeb, stable, tasksOf } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const run = promisify(execFile);
const ENTRY = fileURLToPath(new URL('../../cli/longshore.mjs', import.meta.url));
const SERVICE = 'asked';
/** Old tasks go at once, rather than after the time that new ones take to count as healthy. */
const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 200 };
const running = withLongshore();

const idOf = ({ taskArn = '' }: Task): string => taskArn.split('/').at(-1) ?? '';
const instanceOf = ({ containerInstanceArn = '' }: Task): string => containerInstanceArn.split('/').at(-1) ?? '';

/** The lines that the command prints, without their times. */
async function why(subject: string, id: string): Promise<string[]> {
  const url = new URL(running().url);
  const env = { ...process.env, LONGSHORE_HOST: url.hostname, LONGSHORE_PORT: url.port };
  const { stdout } = await run(process.execPath, [ENTRY, 'why', subject, id], { env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\S+\s+/, ''));
}

/** The lines tell these, in this order, others between them. */
function expectInOrder(lines: readonly string[], parts: readonly RegExp[]): void {
  let from = 0;
  for (const part of parts) {
    const at = lines.findIndex((line, i) => i >= from && part.test(line));
    expect(at, `${String(part)} after line ${from} of:\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

it('tells the chain from the call to the end of a container', async () => {
  const { ecs, engine } = running();
  const first = await registerWeb(running(), SERVICE, 'first');
  const input = { serviceName: SERVICE, taskDefinition: first, desiredCount: 2, deploymentConfiguration };
  await createService(running(), input);
  const [victim, survivor] = await stable(running(), SERVICE, 2, first);
  await engine.docker.getContainer(victim!.containers![0]!.runtimeId!).kill();
  const successor = await vi.waitFor(async () => {
    const tasks = await tasksOf(running(), SERVICE);
    expect(tasks.map((task) => task.lastStatus)).toEqual(['RUNNING', 'RUNNING']);
    const [fresh] = tasks.filter((task) => ![idOf(victim!), idOf(survivor!)].includes(idOf(task)));
    expect(fresh).toBeDefined();
    return fresh!;
  }, PATIENCE);

  const ofVictim = await why('task', idOf(victim!));
  expectInOrder(ofVictim, [
    /call CreateService by arn:aws:iam::.*\(request [\w-]+\)/,
    new RegExp(`Started task ${idOf(victim!)}.* on container instance ${instanceOf(victim!)}.*The best was`),
    /began to pull/,
    /reached RUNNING/,
    /STOPPED.*container web exited with 137/,
  ]);
  expectInOrder(ofVictim, [new RegExp(`Started task ${idOf(successor)} in the place of task ${idOf(victim!)}`)]);

  const second = await registerWeb(running(), SERVICE, 'second');
  await ecs.send(new UpdateServiceCommand({ service: SERVICE, taskDefinition: second }));
  const [fresh] = await stable(running(), SERVICE, 2, second);
  const [deployment] = (await describeService(running(), SERVICE)).deployments!;
  expectInOrder(await why('task', idOf(successor).slice(0, 8)), [
    /call CreateService/,
    new RegExp(`Started task ${idOf(successor)}.*in the place of task ${idOf(victim!)}.*had stopped`),
    /reached RUNNING/,
    new RegExp(`call UpdateService`),
    new RegExp(`Stopped task ${idOf(successor)}.*newer deployment`),
    /STOPPED/,
  ]);
  expectInOrder(await why('deployment', deployment!.id!), [
    new RegExp(`taskDefinition .*→ .*${second}.*call UpdateService`),
    /began.*status PENDING → IN_PROGRESS/,
    /Started .*the deployment brings up its tasks/,
    /completed.*status IN_PROGRESS → SUCCESSFUL/,
  ]);
  expectInOrder(await why('service', SERVICE), [
    /call CreateService/,
    /Started .*tasks of the service had stopped.*reports on/,
    /call UpdateService/,
    /Stopped .*newer deployment/,
    /completed/,
  ]);
  expectInOrder(await why('instance', instanceOf(fresh!)), [
    /its agent registered it/,
    /its agent is connected/,
    new RegExp(`Started .*on container instance ${instanceOf(fresh!)}`),
  ]);

  await ecs.send(new StopTaskCommand({ task: idOf(fresh!), reason: 'asked for' }));
  await vi.waitFor(
    async () =>
      expectInOrder(await why('task', idOf(fresh!)), [
        /call UpdateService/,
        new RegExp(`Stopped task ${idOf(fresh!)}.*asked for.*call StopTask`),
        new RegExp(`Started task \\w+ in the place of task ${idOf(fresh!)}`),
      ]),
    PATIENCE,
  );
  await expect(why('task', 'ffffffffff')).rejects.toMatchObject({
    stderr: expect.stringContaining('Nothing is recorded') as string,
  });
});
