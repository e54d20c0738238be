/** Checks of a RunTask request that do not need the store, and the digest by which a repeated call is recognised. */
import type { RunTaskRequest } from '@aws-sdk/client-ecs';
import { digestOf } from '../../digest.ts';
import { checkClientToken, checkStartedBy } from '../../rules/ownership.ts';
import { invalid } from '../../rules/refusals.ts';
import { checkStandaloneRequest } from '../../rules/standalone-tasks.ts';

const MOST_TASKS = 10;
const MOST_STARTED_BY_CHARACTERS = 128;
const MOST_TOKEN_CHARACTERS = 64;

/** Throws InvalidParameterException or UnsupportedFeatureException for what is wrong whatever the cluster contains. */
export function checkRunTask(input: RunTaskRequest): void {
  const count = input.count ?? 1;
  if (count < 1 || count > MOST_TASKS) throw invalid(`count must be between 1 and ${MOST_TASKS}.`);
  checkStartedBy(input.startedBy, MOST_STARTED_BY_CHARACTERS);
  checkClientToken(input.clientToken, MOST_TOKEN_CHARACTERS);
  checkStandaloneRequest(input);
}

/** A digest of the request as it was sent, so that it stays the same if the family gets a new revision. */
export function digestRunTask(input: RunTaskRequest, clusterName: string): string {
  const { clientToken: _token, ...parameters } = input;
  return digestOf({ ...parameters, cluster: clusterName });
}
