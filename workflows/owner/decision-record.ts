/** A decision of this workflow as the store takes it: with its owner, and the program that decided. */
import { workflowInfo } from '@temporalio/workflow';
import type { Decision, DecisionCause, DecisionDraft } from '../../model/decision.ts';
import { makeDecision } from '../../scheduler/owner/decision-log.ts';
import type { OwnerDecision } from '../../scheduler/owner/effects.ts';
import { given } from './given.ts';

export function ownDecision(clusterName: string, made: OwnerDecision): Decision {
  const info = workflowInfo();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is set only where deployments are versioned
  const codeVersion = info.currentBuildId;
  return {
    ...made,
    clusterName,
    ownerWorkflowId: info.workflowId,
    ...(codeVersion === undefined || codeVersion === '' ? {} : { codeVersion }),
  };
}

/** A decision of this workflow, made now. */
export const newDecision = (clusterName: string, draft: DecisionDraft, causes: readonly DecisionCause[]): Decision =>
  ownDecision(clusterName, makeDecision(draft, causes, given()));
