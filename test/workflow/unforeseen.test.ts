/** An exception that nobody foresaw costs one input, not the owner: it says so, and keeps serving. */
import { expect, it } from 'vitest';
import { createDaemon, daemonRecord, daemonsRun } from '../support/daemon-stage.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

it('a service whose store answers nonsense says so in its events and on record, and goes on when it answers sense', () =>
  withStage(env, async (stage) => {
    const { control } = stage;
    await stage.addInstance();
    control.looksAreBroken = true;
    const created = createDaemon(stage);
    const discarded = () =>
      [...control.decisions.values()].filter(({ reasons }) => reasons[0]?.reason === 'inputDiscarded');
    await stage.until('two plans failed', () => discarded().length >= 2);
    expect(discarded()[0]).toMatchObject({
      facts: { input: 'looked', error: 'A look without a known digest always brings its columns.' },
    });
    const told = control.messages().filter((message) => message.includes('was unable to take in a change (looked)'));
    expect(told).toHaveLength(1);
    control.looksAreBroken = false;
    await created;
    await stage.until('its task runs', () => daemonsRun(stage).length === 1);
    expect(daemonRecord(stage).definition.desiredCount).toBe(1);
  }));
