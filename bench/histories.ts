/** What a workflow has cost Temporal: events, bytes and signals of all its runs. */
import { Client, Connection } from '@temporalio/client';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';
import { type ActivityKind, activitiesBeforeAnswer } from './answer-activities.ts';
import { sustainedRate } from './sustained-rate.ts';

/** A page of a large service's history is longer than clients accept by default. */
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;
export const SIGNAL_SPAN_MS = 10_000;

export interface HistoryCost {
  readonly events: number;
  readonly bytes: number;
  /** Events of the longest run. */
  readonly longestRun: number;
  /** Signals a second, sustained over SIGNAL_SPAN_MS. */
  readonly signalRate: number;
  readonly runs: number;
  /** Workflow tasks that the worker that knows the workflow did not get in time: each begins again with the whole history. */
  readonly coldTasks: number;
}

interface Run {
  readonly events: number;
  readonly bytes: number;
  /** The times of signals in milliseconds since the epoch. */
  readonly signals: readonly number[];
  readonly coldTasks: number;
  readonly next: string | undefined;
}

export function historyCost(temporal: TemporalSettings, workflowId: string): Promise<HistoryCost> {
  return withClient(temporal, async (client) => {
    const runs: Run[] = [];
    for (let runId = await firstRun(client, workflowId); runId !== undefined; runId = runs.at(-1)?.next) {
      runs.push(await readRun(client, workflowId, runId));
    }
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const signals = runs.flatMap((run) => run.signals);
    return {
      events: sum(runs.map(({ events }) => events)),
      bytes: sum(runs.map(({ bytes }) => bytes)),
      longestRun: Math.max(0, ...runs.map(({ events }) => events)),
      signalRate: sustainedRate(signals, SIGNAL_SPAN_MS),
      runs: runs.length,
      coldTasks: sum(runs.map(({ coldTasks }) => coldTasks)),
    };
  });
}

/** The activities that a workflow ran before it answered its first update. */
export function activitiesOfAnswer(temporal: TemporalSettings, workflowId: string): Promise<readonly ActivityKind[]> {
  return withClient(temporal, async (client) => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return activitiesBeforeAnswer(events ?? []);
  });
}

async function readRun(client: Client, workflowId: string, runId: string): Promise<Run> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const { historyLength, historySize } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  const signals = events.flatMap(({ workflowExecutionSignaledEventAttributes: signal, eventTime }) =>
    signal ? [Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1_000_000] : [],
  );
  const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  const coldTasks = events.filter((event) => event.workflowTaskTimedOutEventAttributes).length;
  return { events: historyLength, bytes: historySize ?? 0, signals, coldTasks, next };
}

async function withClient<T>(temporal: TemporalSettings, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({
    ...temporalConnectionOptions(temporal),
    channelArgs: { 'grpc.max_receive_message_length': LONGEST_ANSWER_BYTES },
  });
  try {
    return await use(new Client({ connection, namespace: temporal.namespace }));
  } finally {
    await connection.close();
  }
}

async function firstRun(client: Client, workflowId: string): Promise<string | undefined> {
  const description = await client.workflow.getHandle(workflowId).describe();
  return description.raw.workflowExecutionInfo?.firstRunId ?? description.runId;
}
