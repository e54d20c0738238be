/**
 * Plays one story on a real Temporal server (the time-skipping one) and on the simulation's. Both must have the same
 * workflow tasks, each with the same jobs, commands and place in the history. In the story, one thing happens at a
 * time, or several while no worker can take them, because otherwise the order on a real server is chance.
 */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { beforeAll, expect, it } from 'vitest';
import { createSandboxFactory } from '../../simulation/engine/sandbox.ts';
import { LEAN_PROMISES } from '../../worker/lean-promises.ts';
import { replayVirtually } from '../support/replay-virtually.ts';
import { realServer, virtualServer, type StoryServer } from '../support/story-servers.ts';
import type { StoryActivities } from '../support/story-workflow.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';

const env = useWorkflowEnv();
let code = '';
beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL('../support/story-workflow.ts', import.meta.url));
  const bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  code = LEAN_PROMISES + bundle.code;
});

/** The activities, and the gate that holds one of them. */
function createActivities() {
  const tried = new Set<string>();
  const [begun, open] = [gate(), gate()];
  const activities: StoryActivities = {
    lookUp: (what) => {
      if (tried.has(what)) return Promise.resolve(`found ${what}`);
      tried.add(what);
      return Promise.reject(new Error('not here'));
    },
    read: async (what) => {
      if (what === 'later') {
        begun.open();
        await open.opened;
      }
      return `read ${what}`;
    },
  };
  return { activities, begun: begun.opened, open: open.open };
}

function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'was not refused',
    (error: unknown) => (error as { cause?: { type?: string } }).cause?.type,
  );

async function tell(server: StoryServer, { begun, open }: ReturnType<typeof createActivities>): Promise<unknown[]> {
  // All three are there before the first workflow task. The server delivers the signal first.
  const first = server.askWithStart('the weather');
  await server.isThere();
  await server.tell('early');
  await server.startWorker();
  const answers: unknown[] = [await server.settled(first)];
  await server.rest();
  await server.tell('go');
  await server.settled(begun);
  // It arrives in the middle of a workflow task, so it belongs to the next one.
  await server.tell('meanwhile');
  open();
  await server.rest();
  answers.push(await refusal(server.ask('the impossible')));
  answers.push(await server.ask('the time'));
  await server.rest();
  await server.pass(11 * 60_000);
  await server.rest();
  answers.push(await server.ask('the second run'));
  await server.rest();
  await server.tell('end');
  await server.rest();
  return answers;
}

it('runs on the simulation’s Temporal as on a real server, and replays there', async () => {
  const [here, there] = [createActivities(), createActivities()];
  const real = await realServer(env.current, code, there.activities);
  const virtual = virtualServer(code, here.activities);
  try {
    const answers = await tell(real, there);
    expect(await tell(virtual, here)).toEqual(answers);
    expect(virtual.violations).toEqual([]);
    const tasks = await real.tasks();
    expect(await virtual.tasks()).toEqual(tasks);
    expect(answers).toEqual([
      'found the weather after ApplicationFailure, having heard: early',
      'Impossible',
      expect.stringMatching(
        /^found the time after ApplicationFailure, having heard: early gave up go meanwhile read later read now$/,
      ),
      expect.stringMatching(/^found the second run after /),
    ]);
    for (const events of await real.histories()) {
      const { difference, answers: given } = await replayVirtually(createSandboxFactory(code), events);
      expect(difference).toBe(undefined);
      expect(given.given).toEqual(given.recorded);
    }
  } finally {
    await real.stop();
  }
});
