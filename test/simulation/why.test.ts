/**
 * Checks the records of whole lives, over random days of a cluster in which everything fails now and then. Whatever
 * happened to a task, its records say where it came from and why it ended, and the chain begins with an API call.
 */
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { whyChain } from '../../api/why/chain.ts';
import { decisionKind, type Decision } from '../../model/decision.ts';
import type { Task } from '../../model/task.ts';
import { runCampaign } from '../../simulation/run/campaign.ts';
import { readScenario, type Scenario } from '../../simulation/scenario/scenario.ts';
import type { SimulationDatabases } from '../../simulation/world/database.ts';
import type { Database } from '../../store/base/database.ts';
import { createStore } from '../../store/index.ts';
import { useSimulationStage } from '../support/use-simulation-stage.ts';

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const PARTITION = { account: '123456789012', region: 'us-east-1' };
const CLUSTER = 'simulated';
const STEPS = 120;
/** Stop codes of tasks that their owner stopped. */
const BY_OWNER = ['ServiceSchedulerInitiated', 'SpotInterruption', 'UserInitiated', 'TerminationNotice'];

const stage = useSimulationStage();

/** The records of a run. */
interface Remains {
  readonly tasks: readonly Task[];
  readonly decisions: readonly Decision[];
  /** The kind of the first step of each task's chain. */
  readonly beginnings: ReadonlyMap<string, string>;
}

async function readRemains(db: Database): Promise<Remains> {
  const store = createStore(db, PARTITION);
  const ids = await db.rows<{ id: string }>('SELECT id FROM tasks ORDER BY id');
  const tasks = await store.getTasks(
    CLUSTER,
    ids.map(({ id }) => id),
  );
  const decisions = await db.rows<{ doc: Decision }>('SELECT doc FROM decisions ORDER BY at, seq');
  const beginnings = new Map<string, string>();
  for (const { id } of ids) {
    const [first] = await whyChain(store, { clusterName: CLUSTER, subject: 'task', id });
    beginnings.set(id, first?.decision === undefined ? (first?.kind ?? 'nothing') : decisionKind(first.decision));
  }
  return { tasks, decisions: decisions.map(({ doc }) => doc), beginnings };
}

/** The run has one connection, but readers query several things at once. */
function oneAtATime(db: Database): Database {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...db,
    rows: (statement, values) => {
      const answer = last.then(() => db.rows<never>(statement, values));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** The run's databases, each read before it is closed. */
function keepingRemains(databases: SimulationDatabases, keep: (remains: Remains) => void): SimulationDatabases {
  return {
    open: async (dice) => {
      const database = await databases.open(dice);
      return {
        ...database,
        close: async () => {
          keep(await readRemains(oneAtATime(database.db)));
          await database.close();
        },
      };
    },
  };
}

async function remainsOf(file: string, seed: number, faults: Scenario['faults']): Promise<Remains> {
  const scenario = readScenario(path.join(folder, file));
  let remains: Remains | undefined;
  const { failure } = await runCampaign({
    scenarios: [{ name: file, scenario: { ...scenario, faults: { ...scenario.faults, ...faults } } }],
    stage: { ...stage(), databases: keepingRemains(stage().databases, (kept) => (remains = kept)) },
    firstSeed: seed,
    seeds: 1,
    steps: STEPS,
    shrinkForMs: 0,
    onRun: () => undefined,
  });
  expect(failure?.violations).toBe(undefined);
  return remains!;
}

/** How many decisions of a kind name each task. */
function named(decisions: readonly Decision[], kind: 'start' | 'stop'): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const ids = decisions.filter((one) => decisionKind(one) === kind).flatMap(({ tasks }) => tasks);
  for (const { taskId } of ids) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
  return counts;
}

describe('records over random lives', () => {
  it.each<[file: string, seed: number, faults: Scenario['faults']]>([
    ['everyday.yaml', 11, {}],
    ['everyday.yaml', 12, {}],
    ['everyday.yaml', 24, { workflowTasksLost: 0.05 }],
    ['daemons.yaml', 11, {}],
    ['daemons.yaml', 12, {}],
  ])('%s, seed %i: each task’s start and end are on record, and each record has its cause', async (...run) => {
    const { tasks, decisions, beginnings } = await remainsOf(...run);
    expect(tasks.length).toBeGreaterThan(20);
    const [starts, stops] = [named(decisions, 'start'), named(decisions, 'stop')];
    const stopped = tasks.filter(({ stopCode = '' }) => BY_OWNER.includes(stopCode));
    expect(stopped.length).toBeGreaterThan(0);
    const ids = (wrong: readonly Task[]) => wrong.map(({ taskId, stopCode }) => `${taskId} ${stopCode ?? ''}`);
    expect(ids(tasks.filter(({ taskId }) => starts.get(taskId) !== 1))).toEqual([]);
    expect(ids(stopped.filter(({ taskId }) => !stops.has(taskId)))).toEqual([]);
    expect(ids(tasks.filter(({ taskId }) => beginnings.get(taskId) !== 'call'))).toEqual([]);
    // An instance's own news has no further cause.
    const owed = decisions.filter((decision) => decisionKind(decision) !== 'instance');
    expect(owed.filter(({ causes }) => causes.length === 0).map(({ reasons }) => reasons)).toEqual([]);
  });
});
