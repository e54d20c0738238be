/** Reads the values that a task definition names, as the execution role of a task. Refusals have ECS's words, and never a value. */
import type { Partition } from '../../model/arn.ts';
import { defined } from '../../model/defined.ts';
import { isAwsError } from '../../model/errors.ts';
import { readObjectArn } from '../../model/environment-file.ts';
import { missingSecretArn, parameterArn, parseParameterId } from '../../model/secrets/arn.ts';
import type { SecretTag } from '../../model/secrets/secret.ts';
import { type NamedSecret, readCredentialsParameter, readValueFrom } from '../../model/secret-reference.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import type { Store } from '../../store/contract/store.ts';
import type { SealedValues } from '../auth/sealed-values.ts';
import { resourceTagKeys } from '../auth/tag-keys.ts';
import { CURRENT, findSecret, valueOf } from '../secretsmanager/read-secret.ts';
import { findParameter } from '../ssm/read-parameter.ts';
import { type EnvironmentFiles, NoSuchFile } from './environment-files.ts';
import type { ReadAccess } from './read-access.ts';
import { OF_FILE, OF_PARAMETER, OF_REGISTRY, OF_SECRET, refusedValues, refusing } from './words.ts';

export interface ValueReaderOptions {
  readonly store: Store;
  readonly partition: Partition;
  readonly values: SealedValues;
  /** Absent: the operator named no folder. */
  readonly files?: EnvironmentFiles;
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

/** Each function throws TaskCallRefused. */
export class ValueReader {
  readonly #options: ValueReaderOptions;
  readonly #access: ReadAccess;

  constructor(options: ValueReaderOptions, access: ReadAccess) {
    this.#options = options;
    this.#access = access;
  }

  /** The text of a `valueFrom`. */
  async value(valueFrom: string): Promise<string> {
    const reference = readValueFrom(valueFrom);
    // Registration refuses it.
    if (typeof reference === 'string') throw refusedValues(`${valueFrom} ${reference}.`);
    return reference.kind === 'secret' ? this.#secret(reference) : this.#parameter(reference.name);
  }

  /** The user and password of a `credentialsParameter`. */
  async registryAuth(credentialsParameter: string): Promise<RegistryAuth> {
    const reference = readCredentialsParameter(credentialsParameter);
    if (typeof reference === 'string') throw refusedValues(`${credentialsParameter} ${reference}.`);
    const fetching = `${OF_REGISTRY}asm fetching secret from the service for ${credentialsParameter}: `;
    const object = jsonObject(await this.#secretText(reference, fetching));
    if (object === undefined)
      throw new TaskCallRefused(
        `${OF_REGISTRY}asm fetching authorization data: unable to unmarshal secret value, invalid schema`,
      );
    return { username: textIn(object, 'username'), password: textIn(object, 'password') };
  }

  /** The variables of an environment file. */
  async variables(arn: string): Promise<Readonly<Record<string, string>>> {
    const { files } = this.#options;
    const object = readObjectArn(arn);
    if (object === undefined) throw new TaskCallRefused(`${OF_FILE}${arn} is no ARN of an S3 object.`);
    if (files === undefined)
      throw new TaskCallRefused(
        `${OF_FILE}this Longshore has no folder of environment files any more: set LONGSHORE_ENVIRONMENT_FILES.`,
      );
    const parameters = { bucketName: object.bucket, key: object.key };
    const call = { service: 's3', operation: 'GetObject', resource: arn, type: 'AWS::S3::Object', parameters } as const;
    await this.#access.require(call, OF_FILE);
    try {
      return await files.read(object);
    } catch (error) {
      throw error instanceof NoSuchFile ? new TaskCallRefused(`${OF_FILE}${arn}: ${error.message}`) : error;
    }
  }

  async #secret(reference: NamedSecret): Promise<string> {
    const { secretId, jsonKey } = reference;
    const text = await this.#secretText(
      reference,
      `${OF_SECRET}failed to fetch secret ${secretId} from secrets manager: `,
    );
    if (jsonKey === undefined) return text;
    const object = jsonObject(text);
    if (object === undefined)
      throw new TaskCallRefused(
        `${OF_SECRET}the value of secret ${secretId} is no JSON object, so it has no json key ${jsonKey}`,
      );
    const value = Object.hasOwn(object, jsonKey) ? object[jsonKey] : undefined;
    if (value === undefined)
      throw new TaskCallRefused(
        `${OF_SECRET}retrieved secret from Secrets Manager did not contain json key ${jsonKey}`,
      );
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  async #secretText({ secretId, versionStage, versionId }: NamedSecret, prefix: string): Promise<string> {
    const wanted = defined({ versionStage, versionId });
    const stage = versionStage ?? (versionId === undefined ? CURRENT : undefined);
    const allow = (resource: string, tags: readonly SecretTag[]): Promise<void> => {
      const call = {
        service: 'secretsmanager',
        operation: 'GetSecretValue',
        type: 'AWS::SecretsManager::Secret',
      } as const;
      const context = {
        'secretsmanager:SecretId': resource,
        ...(stage === undefined ? {} : { 'secretsmanager:VersionStage': stage }),
        ...(versionId === undefined ? {} : { 'secretsmanager:VersionId': versionId }),
        ...resourceTagKeys('secretsmanager', tags),
      };
      return this.#access.require({ ...call, resource, parameters: { secretId, ...wanted }, context }, prefix);
    };
    let whyMissing: Error | undefined;
    const found = await findSecret(this.#options, secretId).catch((error: unknown) => {
      whyMissing = missingOf(error);
    });
    // Whether there is such a secret is for those to know who may read it.
    await allow(found?.arn ?? this.#missingArn(secretId), found?.tags ?? []);
    const value = await refusing(prefix, async () =>
      // One that was made since was not judged.
      found === undefined
        ? Promise.reject(whyMissing ?? new Error('no secret'))
        : valueOf(this.#options, found, wanted),
    );
    if (value.secretString === undefined)
      throw new TaskCallRefused(`${prefix}its value is binary, and a container takes texts only.`);
    return value.secretString;
  }

  #missingArn(secretId: string): string {
    return secretId.startsWith('arn:') ? secretId : missingSecretArn(this.#options.partition, secretId);
  }

  async #parameter(nameOrArn: string): Promise<string> {
    const { partition, values } = this.#options;
    const found = await findParameter(this.#options, nameOrArn).catch((error: unknown) => unlessMissing(error));
    const name = found?.parameter.name ?? parseParameterId(partition, nameOrArn)?.names[0];
    const resource = name === undefined ? nameOrArn : parameterArn(partition, name);
    const call = { service: 'ssm', operation: 'GetParameters', type: 'AWS::SSM::Parameter', resource } as const;
    const context = resourceTagKeys('ssm', found?.parameter.tags ?? []);
    const parameters = { names: [nameOrArn], withDecryption: true };
    await this.#access.require({ ...call, parameters, context }, OF_PARAMETER);
    if (found === undefined) throw new TaskCallRefused(`${OF_PARAMETER}invalid parameters: ${nameOrArn}`);
    return values.openParameter(found.parameter);
  }
}

const MISSING: ReadonlySet<string> = new Set([
  ...['ResourceNotFoundException', 'InvalidParameterException', 'ParameterNotFound', 'ParameterVersionNotFound'],
]);

function unlessMissing(error: unknown): undefined {
  missingOf(error);
  return undefined;
}

/** Rethrows what says anything else than that there is none. */
function missingOf(error: unknown): Error {
  if (!isAwsError(error) || !MISSING.has(error.code)) throw error;
  return error;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(object: Readonly<Record<string, unknown>>, name: keyof RegistryAuth): string {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new TaskCallRefused(`${OF_REGISTRY}asm fetching ${name}: AuthorizationData is malformed, empty field`);
}
