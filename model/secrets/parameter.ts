/** A parameter of Systems Manager's Parameter Store as it is on record. Values are sealed and apart. */
import type { EpochMs } from '../time.ts';
import type { SecretTag } from './secret.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';
export type ParameterTier = 'Standard' | 'Advanced';

export interface ParameterVersion {
  /** Counts from 1. */
  readonly version: number;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly modifiedAt: EpochMs;
  /** The ARN of whoever wrote it. */
  readonly modifiedBy: string;
  readonly labels: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly tags: readonly SecretTag[];
  /** Oldest first; at least one. */
  readonly versions: readonly ParameterVersion[];
}

/** What a sealed value belongs to. Without account and region: these are settings, which an operator may change. */
export const parameterOwner = (name: string, version: number): string => `parameter/${name}|${version}`;
