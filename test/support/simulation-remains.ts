/** What a simulated run left on record: whatever became of a task, its records say where it came from and why it went. */
import { expect } from 'vitest';
import { whyChain } from '../../api/why/chain.ts';
import { decisionKind, type Decision } from '../../model/decision.ts';
import type { Task } from '../../model/task.ts';
import type { SimulationDatabases } from '../../simulation/world/database.ts';
import type { Database } from '../../store/base/database.ts';
import { createStore } from '../../store/index.ts';

const PARTITION = { account: '123456789012', region: 'us-east-1' };
const CLUSTER = 'simulated';
/** A task that has one of these was stopped by its owner. */
const BY_OWNER = ['ServiceSchedulerInitiated', 'SpotInterruption', 'UserInitiated', 'TerminationNotice'];

/** What a run left behind. */
export interface Remains {
  readonly tasks: readonly Task[];
  readonly decisions: readonly Decision[];
  /** By task, the kind of what its chain begins with. */
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

/** The run has one connection, and readers ask several things at once. */
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

/** The run's databases, read once more before each is closed. */
export function keepingRemains(databases: SimulationDatabases, keep: (remains: Remains) => void): SimulationDatabases {
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

/** How many decisions of a kind name each task. */
function named(decisions: readonly Decision[], kind: 'start' | 'stop'): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const ids = decisions.filter((one) => decisionKind(one) === kind).flatMap(({ tasks }) => tasks);
  for (const { taskId } of ids) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
  return counts;
}

/** Each task has its beginning and its end on record, each record what it follows from, and each chain begins with a call. */
export function expectRecords({ tasks, decisions, beginnings }: Remains): void {
  expect(tasks.length).toBeGreaterThan(20);
  const [starts, stops] = [named(decisions, 'start'), named(decisions, 'stop')];
  const stopped = tasks.filter(({ stopCode = '' }) => BY_OWNER.includes(stopCode));
  expect(stopped.length).toBeGreaterThan(0);
  const ids = (wrong: readonly Task[]) => wrong.map(({ taskId, stopCode }) => `${taskId} ${stopCode ?? ''}`);
  expect(ids(tasks.filter(({ taskId }) => starts.get(taskId) !== 1))).toEqual([]);
  expect(ids(stopped.filter(({ taskId }) => !stops.has(taskId)))).toEqual([]);
  expect(ids(tasks.filter(({ taskId }) => beginnings.get(taskId) !== 'call'))).toEqual([]);
  // What an instance tells of itself follows from nothing else.
  const owed = decisions.filter((decision) => decisionKind(decision) !== 'instance');
  expect(owed.filter(({ causes }) => causes.length === 0).map(({ reasons }) => reasons)).toEqual([]);
}
