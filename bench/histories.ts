/** What a workflow has cost Temporal: events, bytes and signals of all its runs. */
import { Client, Connection } from '@temporalio/client';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';

/** A page of a large service's history is longer than clients take unless told. */
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;

export interface HistoryCost {
  readonly events: number;
  readonly bytes: number;
  /** Of the longest run. */
  readonly longestRun: number;
  /** In the second that had most. */
  readonly peakSignals: number;
  readonly runs: number;
}

export async function historyCost(temporal: TemporalSettings, workflowId: string): Promise<HistoryCost> {
  const connection = await Connection.connect({
    ...temporalConnectionOptions(temporal),
    channelArgs: { 'grpc.max_receive_message_length': LONGEST_ANSWER_BYTES },
  });
  const client = new Client({ connection, namespace: temporal.namespace });
  try {
    let cost: HistoryCost = { events: 0, bytes: 0, longestRun: 0, peakSignals: 0, runs: 0 };
    for (let runId: string | undefined = await firstRun(client, workflowId); runId !== undefined;) {
      const handle = client.workflow.getHandle(workflowId, runId);
      const { historyLength, historySize } = await handle.describe();
      const { events } = await handle.fetchHistory();
      const signals = new Map<number, number>();
      for (const { workflowExecutionSignaledEventAttributes: signal, eventTime } of events ?? []) {
        const second = Number(eventTime?.seconds ?? 0);
        if (signal) signals.set(second, (signals.get(second) ?? 0) + 1);
      }
      cost = {
        events: cost.events + historyLength,
        bytes: cost.bytes + (historySize ?? 0),
        longestRun: Math.max(cost.longestRun, historyLength),
        peakSignals: Math.max(cost.peakSignals, ...signals.values()),
        runs: cost.runs + 1,
      };
      runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    }
    return cost;
  } finally {
    await connection.close();
  }
}

async function firstRun(client: Client, workflowId: string): Promise<string | undefined> {
  const description = await client.workflow.getHandle(workflowId).describe();
  return description.raw.workflowExecutionInfo?.firstRunId ?? description.runId;
}
