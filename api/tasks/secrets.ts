/** All the values that a task's definition names, by container. */
import type { Secret } from '@aws-sdk/client-ecs';
import type { ContainerSecrets, TaskSecrets } from '../../model/task-calls.ts';
import { type NamedByContainer, namedByContainers } from '../../model/task-grants.ts';
import type { HeldTask } from './held-task.ts';
import type { RegistryAuth, ValueReader } from './value-reader.ts';
import { refusedValues } from './words.ts';

/** Reads at a time. */
const AT_ONCE = 8;
/** Of all values together: a process takes no more, and no message of the agent door. */
const MOST_CHARACTERS = 1024 * 1024;

type Variables = Readonly<Record<string, string>>;

/** Each value is read once, however often it is named. Throws TaskCallRefused. */
export async function readAll({ definition, task }: HeldTask, reader: ValueReader): Promise<TaskSecrets> {
  const named = namedByContainers(definition, task.overrides);
  const values = await read(
    named.flatMap((each) => [...each.secrets, ...each.secretOptions].map(from)),
    (name) => reader.value(name),
  );
  const auths = await read(
    named.flatMap(({ credentialsParameter }) => credentialsParameter ?? []),
    (name) => reader.registryAuth(name),
  );
  const files = await read(
    named.flatMap(({ environmentFiles }) => environmentFiles.map(({ value = '' }) => value)),
    (arn) => reader.variables(arn),
  );
  const secrets = Object.fromEntries(named.map((each) => [each.name, secretsOf(each, { values, auths, files })]));
  checkTexts(secrets);
  return secrets;
}

const from = ({ valueFrom = '' }: Secret): string => valueFrom;

async function read<T>(
  names: readonly string[],
  readOne: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const wanted = [...new Set(names)];
  const found = new Map<string, T>();
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const values = await Promise.all(some.map(readOne));
    values.forEach((value, i) => found.set(some[i] ?? '', value));
  }
  return found;
}

interface Found {
  readonly values: ReadonlyMap<string, string>;
  readonly auths: ReadonlyMap<string, RegistryAuth>;
  readonly files: ReadonlyMap<string, Variables>;
}

function secretsOf(
  { secrets, secretOptions, environmentFiles, credentialsParameter }: NamedByContainer,
  { values, auths, files }: Found,
): ContainerSecrets {
  const byName = (list: readonly Secret[]): Variables =>
    Object.fromEntries(list.map((secret) => [secret.name ?? '', values.get(from(secret)) ?? '']));
  const registryAuth = credentialsParameter === undefined ? undefined : auths.get(credentialsParameter);
  return {
    // As in ECS, the first file that has a variable counts.
    fileEnvironment: Object.assign(
      {},
      ...environmentFiles.map(({ value = '' }) => files.get(value) ?? {}).reverse(),
    ) as Variables,
    environment: byName(secrets),
    logOptions: byName(secretOptions),
    ...(registryAuth === undefined ? {} : { registryAuth }),
  };
}

function checkTexts(secrets: TaskSecrets): void {
  const texts = Object.values(secrets).flatMap(({ fileEnvironment, environment, logOptions }) =>
    [fileEnvironment, environment, logOptions].flatMap((variables) => Object.entries(variables)),
  );
  const cut = texts.find(([name, value]) => `${name}${value}`.includes('\0'));
  if (cut !== undefined) throw refusedValues(`the value of ${cut[0].replaceAll('\0', '')} contains a NUL character.`);
  const length = texts.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length > MOST_CHARACTERS)
    throw refusedValues(`the values of a task have at most ${MOST_CHARACTERS} characters together.`);
}
