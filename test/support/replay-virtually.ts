/** Replays a recorded history to its workflow on the simulation's Temporal. */
import { decode } from '../../simulation/engine/payloads.ts';
import { replayTask } from '../../simulation/engine/replay.ts';
import type { Command, SandboxFactory } from '../../simulation/engine/sandbox.ts';
import { WorkflowSession } from '../../simulation/engine/session.ts';
import { readRun, type HistoryEvent } from './recorded-history.ts';

export interface VirtualReplay {
  /** The first difference from the recorded commands, with the number of the workflow task; undefined: none. */
  readonly difference: string | undefined;
  /** The outcomes of updates. */
  readonly answers: { readonly recorded: readonly unknown[]; readonly given: readonly unknown[] };
}

const answersIn = (commands: readonly Command[]): readonly unknown[] =>
  commands.flatMap(({ updateResponse }) =>
    updateResponse?.completed ? [{ answer: decode(updateResponse.completed) }] : [],
  );

export async function replayVirtually(
  sandboxes: SandboxFactory,
  events: readonly HistoryEvent[],
  workflowId = 'recorded',
): Promise<VirtualReplay> {
  const { identity, tasks } = readRun(events, workflowId);
  const sandbox = await sandboxes.create(identity);
  const given: Command[] = [];
  const session = new WorkflowSession({
    ...sandbox,
    activate: async (jobs, facts) => {
      const result = await sandbox.activate(jobs, facts);
      given.push(...result.commands);
      return result;
    },
  });
  const underWay = new Map<number, Command>();
  const answers = () => ({ recorded: answersIn(tasks.flatMap(({ recorded }) => recorded)), given: answersIn(given) });
  try {
    for (const [i, task] of tasks.entries()) {
      const difference = await replayTask(session, task, underWay);
      if (difference !== undefined) return { difference: `task ${i + 1}: ${difference}`, answers: answers() };
    }
    return { difference: undefined, answers: answers() };
  } finally {
    await session.dispose();
  }
}
