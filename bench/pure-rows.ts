/** The rows of the pure core: placement, cluster queries, reconciliation and policies, without a store or an engine. */
import { parseClusterQuery, queryInstances } from '../model/cluster-query/index.ts';
import { placeTasks } from '../scheduler/placement/place-tasks.ts';
import { aSnapshot, anInstance } from '../fixtures/capacity.ts';
import { HARD_PATTERNS, HARD_TEXT, TOO_LARGE_PATTERNS } from './hard-patterns.ts';
import { benchPlacement } from './placement.ts';
import { CASE_INSTANCES, CASE_TASKS, caseSnapshot, PLACEMENT_CASES, TOO_MANY } from './placement-cases.ts';
import { benchPolicy } from './policy.ts';
import { benchReconcile } from './reconcile.ts';
import { atMost, type BenchRow, timesMore } from './row.ts';

/** Nomad's published "C1M" figure: placements a second. */
const NOMAD_PLACEMENTS = 3_750;
const PLACEMENTS_REACH = 20_000;
/** The reach of one decision about a service of ECS's largest size. */
const RECONCILE_REACH_MS = 20;
/** The reach of one decision about who may do what. */
const POLICY_REACH_MS = 0.1;
/** The reach of anything that a caller waits for. Code that takes longer has got a worse complexity. */
const CALL_REACH_MS = 1_000;
const EXPLANATION_REACH_MS = 3_000;

export function placementRows(): Promise<readonly BenchRow[]> {
  return Promise.resolve([throughput(), ...kindsOfRequest(), ...patterns()]);
}

export function reconcileRows(): Promise<readonly BenchRow[]> {
  const { milliseconds, tasks } = benchReconcile();
  const name = `pure decision about a service of ${tasks} in a rolling update`;
  return Promise.resolve([atMost({ name, value: milliseconds, unit: 'ms' }, RECONCILE_REACH_MS)]);
}

export function policyRows(): Promise<readonly BenchRow[]> {
  const { milliseconds, statements } = benchPolicy();
  const name = `pure decision over ${statements} policy statements`;
  return Promise.resolve([atMost({ name, value: milliseconds, unit: 'ms' }, POLICY_REACH_MS)]);
}

function throughput(): BenchRow {
  const { placementsPerSecond, tasks, instances } = benchPlacement();
  const row = {
    name: `pure placement of ${tasks} tasks on ${instances} instances, spread and binpack`,
    value: placementsPerSecond,
    unit: 'placements/s',
    reference: { name: "placements/s, Nomad's published figure", value: NOMAD_PLACEMENTS },
  };
  const reach = `≥ ${PLACEMENTS_REACH.toLocaleString('en-US')} placements/s`;
  return { ...timesMore(row, PLACEMENTS_REACH / NOMAD_PLACEMENTS), reach };
}

function kindsOfRequest(): readonly BenchRow[] {
  const snapshot = caseSnapshot();
  const place = PLACEMENT_CASES.map(({ name, request }) => ({
    name,
    ms: timed(() => placeTasks(request, snapshot, 1)),
  }));
  const slowest = place.reduce((a, b) => (b.ms > a.ms ? b : a));
  const explained = timed(() => placeTasks(TOO_MANY, snapshot, 1));
  const what = `the slowest of ${place.length} kinds of requests for ${CASE_TASKS} tasks`;
  return [
    atMost({ name: `  ${what}: ${slowest.name}`, value: slowest.ms, unit: 'ms' }, CALL_REACH_MS),
    atMost(
      {
        name: `  placing until ${CASE_INSTANCES} instances are full, and why no more fit`,
        value: explained,
        unit: 'ms',
      },
      EXPLANATION_REACH_MS,
    ),
  ];
}

function patterns(): readonly BenchRow[] {
  const snapshot = aSnapshot([anInstance('i-1', { attributes: { a: HARD_TEXT } })]);
  const matched = HARD_PATTERNS.map((pattern) => timed(() => queryInstances(queryOf(pattern), snapshot)));
  const refused = TOO_LARGE_PATTERNS.map((pattern) => timed(() => refuse(pattern)));
  const row = (name: string, times: readonly number[]): BenchRow =>
    atMost({ name, value: Math.max(...times), unit: 'ms' }, CALL_REACH_MS);
  return [
    row(`a pattern made to take long, on ${HARD_TEXT.length} characters, the slowest of ${matched.length}`, matched),
    row(`a pattern that is too large, until it is refused, the slowest of ${refused.length}`, refused),
  ];
}

const queryOf = (pattern: string) => parseClusterQuery(`attribute:a =~ '${pattern}'`);

function refuse(pattern: string): void {
  try {
    queryOf(pattern);
  } catch {
    return;
  }
  throw new Error(`${pattern} was not refused`);
}

function timed(act: () => unknown): number {
  const begun = performance.now();
  act();
  return performance.now() - begun;
}
