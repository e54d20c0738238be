/** The user of a simulated Longshore: calls the API, and keeps what the answers promise. */
import { isEcsError } from '../../model/errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Step } from '../scenario/step.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { Expectations } from './expectations.ts';

export type Answer =
  | { readonly kind: 'done'; readonly body: Record<string, unknown> }
  /** The API refused the call. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** The call may or may not have been carried out. */
  | { readonly kind: 'unknown' };

export type StepOf<Kind extends Step['do']> = Extract<Step, { do: Kind }>;

/** What each kind of step does, except for those that only check, which the run handles. */
export type StepTable = {
  readonly [Kind in Exclude<Step['do'], 'settle' | 'expect'>]: (step: StepOf<Kind>) => Promise<void>;
};

/** Calls of these operations name no cluster. */
const WITHOUT_CLUSTER: readonly string[] = [
  'RegisterTaskDefinition',
  'CreateCapacityProvider',
  'StopServiceDeployment',
  'ContinueServiceDeployment',
];

/** How often one call is tried, as an SDK does. */
const MOST_TRIES = 6;
/** These have no client token, so a second call could do the work twice. */
const NOT_REPEATABLE: readonly string[] = ['StartTask'];

export class User {
  /** Repeats calls whose outcome is unknown, as an SDK does, because later steps rely on them. */
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

  /** A new clientToken for each call. */
  token(): string {
    this.#tokens += 1;
    return `token-${this.#tokens}`;
  }

  call(operation: string, body: Record<string, unknown>): Promise<Answer> {
    return this.#call(operation, body, NOT_REPEATABLE.includes(operation) ? 1 : this.#tries);
  }

  /** Repeats the same call until there is an answer, whatever step it belongs to. */
  callPatiently(operation: string, body: Record<string, unknown>): Promise<Answer> {
    return this.#call(operation, body, MOST_TRIES);
  }

  #call(operation: string, body: Record<string, unknown>, tries: number): Promise<Answer> {
    const cluster = WITHOUT_CLUSTER.includes(operation) ? {} : { cluster: this.clusterName };
    return this.ask(operation, () => this.world.call(operation, { ...cluster, ...body }), tries);
  }

  /** Asks until the outcome is known, but at most `tries` times. */
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

  /** Reports a broken promise: what an answer said did not come true. */
  broken(sentence: string): void {
    this.world.violations.push(`acknowledged: ${sentence}`);
  }
}

export const shortId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
