/** Presents entries of `failures[]`. */
import type { Failure as WireFailure } from '@aws-sdk/client-ecs';
import type { Failure } from '../../../model/errors.ts';
import type { Partition } from '../../../model/arn.ts';
import { containerInstanceArn } from '../../../model/arn.ts';

/** A placement failure. `arn` names the nearest container instance, even if the workflow gave only its id. */
export function presentPlacementFailure(failure: Failure, partition: Partition, cluster: string): WireFailure {
  const { arn, reason, detail } = failure;
  const instanceArn = arn === undefined || arn.startsWith('arn:') ? arn : containerInstanceArn(partition, cluster, arn);
  return { arn: instanceArn, reason, detail };
}

/** The failure of a describe call for something that does not exist. */
export const missing = (arn: string): WireFailure => ({ arn, reason: 'MISSING' });
