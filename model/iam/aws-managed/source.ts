/** The form in which this folder writes down AWS's policies. */
import type { EpochMs } from '../../time.ts';

export interface AwsPolicySource {
  /** Longshore's own. */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly version: number;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly document: object;
}

/** `actions('ecs', 'RunTask Describe*')`: the actions of one service. */
export const actions = (service: string, names: string): readonly string[] =>
  names.split(' ').map((name) => `${service}:${name}`);
