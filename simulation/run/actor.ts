/** Carries out the steps, as a user of the API and as the operator of the machines. Keeps what the answers promise. */
import type { Scenario } from '../scenario/scenario.ts';
import type { Step } from '../scenario/step.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { beginCluster } from './cluster.ts';
import type { Expectations } from './expectations.ts';
import { instanceSteps } from './instance-steps.ts';
import { rolloutSteps } from './rollout-steps.ts';
import { serviceSteps } from './service-steps.ts';
import { taskSteps } from './task-steps.ts';
import { User, type StepTable } from './user.ts';

export class Actor {
  readonly #user: User;
  readonly #table: StepTable;

  constructor(world: SimulatedWorld, scenario: Scenario, clusterName: string) {
    const user = new User(world, scenario, clusterName);
    this.#user = user;
    this.#table = {
      ...serviceSteps(user),
      ...rolloutSteps(user),
      ...taskSteps(user),
      ...instanceSteps(user),
      killWorker: () => {
        world.killWorker();
        return Promise.resolve();
      },
      loseTemporal: () => world.loseTemporal(),
      wait: (step) => world.clock.advance(step.for),
    };
  }

  get expectations(): Expectations {
    return this.#user.expectations;
  }

  begin(): Promise<void> {
    return beginCluster(this.#user);
  }

  async perform(step: Step): Promise<void> {
    if (step.do === 'settle' || step.do === 'expect')
      throw new Error(`${step.do} is for the run, not for a user or an operator`);
    // The author of a scenario means each step to be done; the calls of drawn steps may be lost.
    this.#user.isPatient = step.drawn !== true;
    const act = this.#table[step.do] as (step: Step) => Promise<void>;
    await act(step);
  }
}
