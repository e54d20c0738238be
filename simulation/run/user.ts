/** The user of a simulated Longshore: calls the API, and keeps what the answers promise. */
import { isEcsError } from '../../model/errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Step } from '../scenario/step.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { Expectations } from './expectations.ts';

export type Answer =
  | { readonly kind: 'done'; readonly body: Record<string, unknown> }
  /** The API said no. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** It may be done or not. */
  | { readonly kind: 'unknown' };

export type StepOf<Kind extends Step['do']> = Extract<Step, { do: Kind }>;

/** What each kind of step does; those that only look are the run's. */
export type StepTable = {
  readonly [Kind in Exclude<Step['do'], 'settle' | 'expect'>]: (step: StepOf<Kind>) => Promise<void>;
};

/** A cluster is not named in calls about these. */
const WITHOUT_CLUSTER: readonly string[] = [
  'RegisterTaskDefinition',
  'CreateCapacityProvider',
  'StopServiceDeployment',
  'ContinueServiceDeployment',
];

/** Of one call, as an SDK makes them. */
const MOST_TRIES = 6;
/** Without a token, a second call would do it twice. */
const NOT_REPEATABLE: readonly string[] = ['StartTask'];

export class User {
  /** Calls whose outcome is not known are made again, as an SDK does: what follows relies on them. */
  isPatient = false;
  readonly expectations = new Expectations();
  readonly world: SimulatedWorld;
  readonly scenario: Scenario;
  readonly clusterName: string;
  #tokens = 0;

  constructor(world: SimulatedWorld, scenario: Scenario, clusterName: string) {
    this.world = world;
    this.scenario = scenario;
    this.clusterName = clusterName;
  }

  /** A clientToken of its own for each call. */
  token(): string {
    this.#tokens += 1;
    return `token-${this.#tokens}`;
  }

  call(operation: string, body: Record<string, unknown>): Promise<Answer> {
    return this.#call(operation, body, NOT_REPEATABLE.includes(operation) ? 1 : this.#tries);
  }

  /** Whatever step it belongs to, the same call again until there is an answer. */
  callPatiently(operation: string, body: Record<string, unknown>): Promise<Answer> {
    return this.#call(operation, body, MOST_TRIES);
  }

  #call(operation: string, body: Record<string, unknown>, tries: number): Promise<Answer> {
    const cluster = WITHOUT_CLUSTER.includes(operation) ? {} : { cluster: this.clusterName };
    return this.ask(operation, () => this.world.call(operation, { ...cluster, ...body }), tries);
  }

  /** Asks until the outcome is known, `tries` times at most. */
  async ask(what: string, call: () => Promise<Record<string, unknown>>, tries = this.#tries): Promise<Answer> {
    let answer = await this.#askOnce(what, call);
    for (let i = 1; i < tries && answer.kind === 'unknown'; i += 1) answer = await this.#askOnce(what, call);
    return answer;
  }

  get #tries(): number {
    return this.isPatient ? MOST_TRIES : 1;
  }

  async #askOnce(what: string, call: () => Promise<Record<string, unknown>>): Promise<Answer> {
    const { violations } = this.world;
    try {
      return { kind: 'done', body: await call() };
    } catch (error) {
      if (!isEcsError(error)) {
        violations.push(`api: ${what} failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
        return { kind: 'unknown' };
      }
      this.world.trace(`answer ${error.code} ${error.message}`);
      if (error.code === 'ServiceUnavailable') return { kind: 'unknown' };
      if (error.code === 'ServerException') violations.push(`api: ${what}: ${error.message}`);
      return { kind: 'refused', code: error.code, message: error.message };
    }
  }

  /** What an answer said has come to nothing. */
  broken(sentence: string): void {
    this.world.violations.push(`acknowledged: ${sentence}`);
  }
}

export const shortId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
