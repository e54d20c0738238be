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
/** Old tasks stop at once, without waiting until new tasks count as healthy. */
const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 200 };
const running = withLongshore();

/** Ids as the command prints them. */
const shortId = (arn = ''): string => arn.split('/').at(-1)?.slice(0, 8) ?? '';
const idOf = ({ taskArn }: Task): string => shortId(taskArn);
const instanceOf = ({ containerInstanceArn }: Task): string => shortId(containerInstanceArn);

const INDENTED = /^ {5,}/;

/** The steps that the command prints: each headline without its time, and its details behind it on one line. */
async function why(subject: string, id: string): Promise<string[]> {
  const url = new URL(running().url);
  const env = { ...process.env, LONGSHORE_HOST: url.hostname, LONGSHORE_PORT: url.port };
  const { stdout } = await run(process.execPath, [ENTRY, 'why', subject, id], { env });
  const steps: string[] = [];
  for (const line of stdout.trim().split('\n')) {
    if (INDENTED.test(line)) steps.push(`${steps.pop() ?? ''} | ${line.trim()}`);
    else steps.push(line.replace(/^\S+ \S+ {2}/, ''));
  }
  return steps;
}

/** The steps match these, in this order, with others between them. */
function expectInOrder(lines: readonly string[], parts: readonly RegExp[]): void {
  let from = 0;
  for (const part of parts) {
    const at = lines.findIndex((line, i) => i >= from && part.test(line));
    expect(at, `${String(part)} after line ${from} of:\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

it('why explains the chain from the call to the end of a container', async () => {
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

  // The victim's end and its successor's start are in no order.
  const ofVictim = await vi.waitFor(async () => {
    const steps = await why('task', idOf(victim!));
    expectInOrder(steps, [
      /^CreateService was called.*by root \(request \w{8}\)/,
      new RegExp(`Started task ${idOf(victim!)}.* on container instance ${instanceOf(victim!)}.*Best: `),
      /began to pull/,
      /reached RUNNING/,
      /Container web exited with 137/,
      /reached STOPPED/,
    ]);
    return steps;
  }, PATIENCE);
  expectInOrder(ofVictim, [new RegExp(`Started task ${idOf(successor)}.* to replace task ${idOf(victim!)}`)]);

  const second = await registerWeb(running(), SERVICE, 'second');
  await ecs.send(new UpdateServiceCommand({ service: SERVICE, taskDefinition: second }));
  const [fresh] = await stable(running(), SERVICE, 2, second);
  const [deployment] = (await describeService(running(), SERVICE)).deployments!;
  expectInOrder(await why('task', idOf(successor)), [
    /^CreateService was called/,
    new RegExp(`Started task ${idOf(successor)}.*to replace task ${idOf(victim!)}.*had stopped`),
    /reached RUNNING/,
    /^UpdateService was called/,
    new RegExp(`Stopped task ${idOf(successor)}.*newer deployment`),
    /STOPPED/,
  ]);
  expectInOrder(await why('deployment', deployment!.id!), [
    new RegExp(`^UpdateService was called: taskDefinition .*→ ${second.split('/').at(-1)}`),
    /began.*status PENDING → IN_PROGRESS/,
    /Started .*the deployment is starting its tasks/,
    /completed.*status IN_PROGRESS → SUCCESSFUL/,
  ]);
  expectInOrder(await why('service', SERVICE), [
    /^CreateService was called/,
    /Started .*tasks of the service had stopped.*Caused by a report on/,
    /^UpdateService was called/,
    /Stopped .*newer deployment/,
    /completed/,
  ]);
  expectInOrder(await why('instance', instanceOf(fresh!)), [
    /its agent registered it/,
    /its agent connected/,
    new RegExp(`Started .*on container instance ${instanceOf(fresh!)}`),
  ]);

  await ecs.send(new StopTaskCommand({ task: fresh!.taskArn, reason: 'asked for' }));
  await vi.waitFor(
    async () =>
      expectInOrder(await why('task', idOf(fresh!)), [
        /^UpdateService was called/,
        new RegExp(`Stopped task ${idOf(fresh!)}.*Caused by StopTask.*asked for`),
        new RegExp(`Started task \\w+ .*to replace task ${idOf(fresh!)}`),
      ]),
    PATIENCE,
  );
  await expect(why('task', 'ffffffffff')).rejects.toMatchObject({
    stderr: expect.stringContaining('Nothing is recorded') as string,
  });
});
