/**
 * One run of a workflow in memory, in the SDK's own sandbox: the same bundle, globals and rules as in a worker. It uses
 * the SDK's internal files on purpose: the version is pinned, and nothing else shows nondeterminism as it really is.
 */
import vm from 'node:vm';
import type { coresdk } from '@temporalio/proto';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import type { EpochMs } from '../../model/time.ts';
import { decode, decodeError, toTimestamp } from './payloads.ts';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;

export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly startedAt: EpochMs;
  readonly randomnessSeed: readonly number[];
}

export interface ActivationFacts {
  readonly at: EpochMs;
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  readonly isReplaying: boolean;
  readonly flags: readonly number[];
}

export interface ActivationResult {
  readonly commands: readonly Command[];
  readonly usedFlags: readonly number[];
}

export interface Sandbox {
  /** Runs the jobs and everything that follows from them. Throws what fails the workflow task. */
  activate(jobs: readonly Job[], facts: ActivationFacts): Promise<ActivationResult>;
  /** Returns what the query's handler answers, or throws what it throws. The run does not change. */
  query(queryType: string): Promise<unknown>;
  dispose(): Promise<void>;
}

export interface SandboxFactory {
  create(identity: RunIdentity): Promise<Sandbox>;
}

/** Stands for the names of all local activities. A name that does not exist fails when it is called. */
class AnyName extends Set<string> {
  override has(): boolean {
    return true;
  }
}

/** Compiles the bundle once. */
export function createSandboxFactory(code: string): SandboxFactory {
  const filename = 'workflows.js';
  const script = new vm.Script(code, { filename });
  const sourceMap = { version: 3, file: filename, sources: [], sourcesContent: [], names: [], mappings: '' };
  // No limit on the time of an activation: it would cost a thread for each.
  const unlimited = undefined as unknown as number;
  const creator = new ReusableVMWorkflowCreator(script, { code, filename, sourceMap }, unlimited, new AnyName());
  return { create: (identity) => createSandbox(creator, identity) };
}

async function createSandbox(creator: ReusableVMWorkflowCreator, identity: RunIdentity): Promise<Sandbox> {
  const { workflowId, runId, workflowType, taskQueue, startedAt, randomnessSeed } = identity;
  const workflow = await creator.createWorkflow({
    now: startedAt,
    randomnessSeed: [...randomnessSeed],
    showStackTraceSources: false,
    info: {
      workflowId,
      runId,
      firstExecutionRunId: runId,
      workflowType,
      taskQueue,
      namespace: 'simulation',
      attempt: 1,
      historyLength: 0,
      historySize: 0,
      continueAsNewSuggested: false,
      startTime: new Date(startedAt),
      runStartTime: new Date(startedAt),
      searchAttributes: {},
      typedSearchAttributes: [],
      taskTimeoutMs: 10_000,
      currentBuildId: '',
      unsafe: { isReplaying: false },
    } as never,
  });
  return {
    async activate(jobs, facts) {
      const completion = await workflow.activate({
        runId,
        timestamp: toTimestamp(facts.at),
        isReplaying: facts.isReplaying,
        historyLength: facts.historyLength,
        continueAsNewSuggested: facts.continueAsNewSuggested,
        availableInternalFlags: [...facts.flags],
        jobs: [...jobs],
      });
      if (completion.failed) {
        const { message, stackTrace } = completion.failed.failure ?? {};
        throw new Error(`workflow task of ${workflowId} failed: ${message ?? ''}\n${stackTrace ?? ''}`);
      }
      await workflow.getAndResetSinkCalls();
      return {
        commands: completion.successful?.commands ?? [],
        usedFlags: completion.successful?.usedInternalFlags ?? [],
      };
    },
    async query(queryType) {
      // As core sends it: the SDK goes by the variant's name, and a query looks at neither the clock nor the history's
      // length.
      const job = { variant: 'queryWorkflow' as const, queryWorkflow: { queryId: 'query', queryType, arguments: [] } };
      const completion = await workflow.activate({ runId, jobs: [job] });
      const [answer] = completion.successful?.commands ?? [];
      const { succeeded, failed } = answer?.respondToQuery ?? {};
      if (!succeeded) throw failed ? decodeError(failed) : new Error(`The query ${queryType} has no answer.`);
      return decode(succeeded.response);
    },
    dispose: () => workflow.dispose(),
  };
}
