/** Scenario files. */
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../simulation/run/campaign.ts';
import { parseScenario, readScenario, writeFixedSteps } from '../../../simulation/scenario/scenario.ts';

const folder = fileURLToPath(new URL('../../../scenarios/', import.meta.url));
const files = readdirSync(folder).map((name) => path.join(folder, name));

const scenario = (more: object): string =>
  JSON.stringify({ name: 'x', cluster: { instances: [{ count: 1 }] }, tasks: { web: {} }, ...more });
const expecting = (...expect: object[]): string => scenario({ expect });
const doing = (step: object): string => scenario({ steps: [step] });

describe('a scenario', () => {
  it.each<[string, string, string]>([
    ['an expectation without a subject', expecting({ running: 3 }), 'expect.0: name a service'],
    ['an expectation that says nothing', expecting({ service: 'web' }), 'expect.0: expects nothing'],
    ['a member that is not known', expecting({ service: 'web', runing: 3 }), 'runing'],
    ['text in place of a number', expecting({ service: 'web', running: 'three' }), 'expect.0.running'],
    ['an unknown status', expecting({ tasks: 'web', lastStatus: 'GONE' }), 'expect.0.lastStatus'],
    ['unknown tasks', expecting({ tasks: 'api' }), 'expect.0.tasks: there are no tasks "api"'],
    ['the same in a step', doing({ do: 'expect', that: [{ tasks: 'api' }] }), 'steps.0.that.0.tasks'],
    ['unknown tasks in a step', doing({ do: 'runTask', tasks: 'api', count: 1 }), 'steps.0.tasks'],
    ['a new instance without like or group', doing({ do: 'addInstance' }), 'steps.0: name either like or group'],
    ['a group that does not exist', doing({ do: 'addInstance', group: 1 }), 'steps.0.group: there is no such group'],
    ['no instance at first', scenario({ cluster: { instances: [{ count: 0 }] } }), 'cluster.instances'],
    ['an expectation that was drawn', doing({ do: 'expect', that: [{ service: 'web' }], drawn: true }), 'drawn'],
    ['a step with drawn: false', doing({ do: 'killWorker', drawn: false }), 'steps.0.drawn'],
    ['expectations that are drawn', scenario({ random: { count: 1, mix: { expect: 1 } } }), 'random.mix'],
  ])('is refused with %s', (_, text, sentence) => {
    expect(() => parseScenario(text, 'x.yaml')).toThrow(sentence);
  });

  it.each(files)('%s is valid, and draws the same steps for the same seed', (file) => {
    const read = readScenario(file);
    const steps = stepsOf(read, 1, 200);
    expect(steps).toEqual(stepsOf(read, 1, 200));
    // Drawn steps are valid written steps, so they can be kept in a file.
    expect(parseScenario(writeFixedSteps(file, steps), file).steps).toEqual(steps);
  });

  it('distinguishes its own steps from drawn ones, also in the file of a failing seed', () => {
    const file = path.join(folder, 'everyday.yaml');
    const own = { do: 'killWorker' } as const;
    const steps = [own, ...stepsOf(readScenario(file), 1, 30)];
    const written = parseScenario(writeFixedSteps(file, steps), file).steps;
    expect(written.map((step) => 'drawn' in step)).toEqual(steps.map((step) => step !== own));
  });

  it('checks expectations after its own steps and before the drawn ones', () => {
    const parsed = parseScenario(
      scenario({
        steps: [{ do: 'killWorker' }],
        expect: [{ service: 'web', running: 1 }],
        random: { count: 1, mix: { killWorker: 1 } },
      }),
      'x.yaml',
    );
    expect(stepsOf(parsed, 1).map((step) => step.do)).toEqual(['killWorker', 'expect', 'killWorker', 'settle']);
  });
});
