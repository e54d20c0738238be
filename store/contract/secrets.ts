/** Where secrets and parameters are kept. Values come and go sealed; `decide` functions change nothing themselves and may run again. */
import type { SecretKey } from '../../model/secrets/arn.ts';
import type { Parameter, ParameterTier, ParameterVersion } from '../../model/secrets/parameter.ts';
import type { Secret, SecretTag } from '../../model/secrets/secret.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

/** A version's value, sealed. */
export interface SealedVersion {
  readonly id: string;
  readonly sealed: string;
}

export interface SecretChange {
  /** The secret from now on. Its ARN and its name stay. Versions that it leaves out are removed. */
  readonly secret: Secret;
  /** The value of the one version that is new. */
  readonly added?: SealedVersion;
}

/** Reads the sealed value of a version of the secret that is being changed. */
export type SealedValueOf = (versionId: string) => Promise<string>;

export interface SecretListing {
  /** By the time of creation. */
  readonly order: 'asc' | 'desc';
  /** With those that are marked for deletion. */
  readonly withDeleted: boolean;
}

export interface SecretStore {
  /** By its whole ARN if there is one of that ARN, else by name; also if it is marked for deletion. */
  findSecret(key: SecretKey): Promise<Secret | undefined>;
  /** undefined if there is no such version. */
  readSealedSecret(arn: string, versionId: string): Promise<string | undefined>;
  /** Returns false, and changes nothing, if another secret has the name. */
  createSecret(change: SecretChange): Promise<boolean>;
  /** Changes a secret while nobody else does: `undefined` from `decide` leaves it. Returns what it is then; undefined if there is none. */
  changeSecret(
    key: SecretKey,
    decide: (secret: Secret, sealedValueOf: SealedValueOf) => Promise<SecretChange | undefined>,
  ): Promise<Secret | undefined>;
  /** Removes it with all versions. Changes nothing if there is none. */
  removeSecret(arn: string): Promise<void>;
  listSecrets(listing: SecretListing, page: PageRequest): Promise<Page<Secret>>;
  /** Keeps the latest day on which a version's value was read. */
  recordSecretAccess(arn: string, versionId: string, day: EpochMs): Promise<void>;
  /** Removes secrets whose recovery window ended before that time. Returns how many. */
  purgeSecrets(before: EpochMs): Promise<number>;
}

/** A version of a parameter with its value. */
export interface SealedParameter extends ParameterVersion {
  readonly name: string;
  readonly tags: readonly SecretTag[];
  readonly sealed: string;
}

export interface ParameterChange {
  /** The parameter from now on. Versions that it leaves out are removed. */
  readonly parameter: Parameter;
  /** The value of the one version that is new. */
  readonly added?: { readonly version: number; readonly sealed: string };
}

export interface ParameterStore {
  /** The latest version, that of the number, or that with the label. undefined if there is no such parameter or version. */
  readParameter(name: string, selector?: number | string): Promise<SealedParameter | undefined>;
  /** Without values. */
  findParameter(name: string): Promise<Parameter | undefined>;
  /** All versions, oldest first: a hundred at most. */
  parameterHistory(name: string): Promise<readonly SealedParameter[]>;
  /**
   * Changes a parameter while nobody else does, or makes one where there is none yet: `undefined` from `decide` leaves it. What
   * `decide` throws, this rejects with. `count` says how many parameters have their latest version in a tier.
   */
  changeParameter(
    name: string,
    decide: (
      parameter: Parameter | undefined,
      count: (tier: ParameterTier) => Promise<number>,
    ) => Promise<ParameterChange | undefined>,
  ): Promise<void>;
  /** Returns the names of those that there were. */
  deleteParameters(names: readonly string[]): Promise<readonly string[]>;
  /** The latest versions of parameters whose names begin with the prefix, by name. */
  listParameters(prefix: string, page: PageRequest): Promise<Page<SealedParameter>>;
}
