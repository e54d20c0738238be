/** Checks what a container names and does not hold: secrets, registry credentials, files of variables. */
import type { ContainerDefinition, EnvironmentFile, Secret } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import { ENVIRONMENT_FILE_ENDING, readObjectArn } from '../../../../model/environment-file.ts';
import { readCredentialsParameter, readValueFrom } from '../../../../model/secret-reference.ts';
import {
  type ContainerRule,
  containersOf,
  duplicates,
  eachContainer,
  isEmpty,
  nameOf,
  type Rule,
} from './definition.ts';

const MOST_FILES = 10;

const names = (list: readonly { readonly name?: string | undefined }[] = []): readonly string[] =>
  list.map(({ name = '' }) => name);

const containerSecrets: ContainerRule = function* (container) {
  const { secrets = [], environment, logConfiguration, repositoryCredentials } = container;
  yield* references(secrets, 'secrets', container);
  const shared = sharedName(secrets, names(environment));
  if (shared !== undefined) yield sharedNameMessage(shared);
  const { secretOptions = [], options = {} } = logConfiguration ?? {};
  yield* references(secretOptions, 'logConfiguration.secretOptions', container);
  const [twice] = duplicates([...Object.keys(options), ...new Set(names(secretOptions))]);
  if (twice !== undefined)
    yield `Log option '${twice}' of container '${nameOf(container)}' is in options and in secretOptions.`;
  if (repositoryCredentials === undefined) return;
  const reason = readCredentialsParameter(repositoryCredentials.credentialsParameter ?? '');
  if (typeof reason === 'string')
    yield `repositoryCredentials.credentialsParameter of container '${nameOf(container)}' ${reason}.`;
};

export const secretsRule = eachContainer(containerSecrets);

function* references(list: readonly Secret[], member: string, container: ContainerDefinition): Iterable<string> {
  for (const { name = '', valueFrom = '' } of list) {
    const where = `${member} of container '${nameOf(container)}'`;
    if (name === '') yield `Each of ${where} must have a name.`;
    if (name.includes('=') || name.includes('\0'))
      yield `The name '${name.replaceAll('\0', '')}' in ${where} is invalid.`;
    const read = readValueFrom(valueFrom);
    if (typeof read === 'string') yield `valueFrom of '${name}' in ${where} ${read}.`;
  }
}

/** A secret's name that another secret or a variable has, too. */
export const sharedName = (secrets: readonly Secret[], variables: readonly string[]): string | undefined =>
  duplicates([...names(secrets), ...new Set(variables)])[0];

/** In ECS's words. */
export const sharedNameMessage = (name: string): string =>
  `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`;

/** The messages about the files of a container, or of its override. */
export function* environmentFileProblems(files: readonly EnvironmentFile[], container: string): Iterable<string> {
  if (files.length > MOST_FILES)
    yield `At most ${MOST_FILES} environmentFiles are allowed of container '${container}'.`;
  for (const { type, value = '' } of files) {
    if (type !== 's3') yield `The type of an environment file of container '${container}' must be s3.`;
    if (readObjectArn(value) === undefined || !value.endsWith(ENVIRONMENT_FILE_ENDING))
      yield `An environment file of container '${container}' must be the ARN of an S3 object whose name ends in ${ENVIRONMENT_FILE_ENDING}.`;
  }
}

export const environmentFilesRule: Rule = function* (definition) {
  for (const container of containersOf(definition))
    yield* environmentFileProblems(container.environmentFiles ?? [], nameOf(container));
};

/** Throws ClientException for environment files where there is no folder with them. */
export function requireFolder(
  containers: readonly Pick<ContainerDefinition, 'name' | 'environmentFiles'>[],
  { hasEnvironmentFiles }: { readonly hasEnvironmentFiles: boolean },
): void {
  const container = containers.find(({ environmentFiles }) => !isEmpty(environmentFiles));
  if (hasEnvironmentFiles || container === undefined) return;
  throw new EcsError(
    'ClientException',
    `environmentFiles of container '${nameOf(container)}' cannot be read: there is no S3 here. Put the files into a folder as BUCKET/KEY and name it to Longshore's api: LONGSHORE_ENVIRONMENT_FILES=/folder.`,
  );
}

/** With the execution role, the values are read. */
export const executionRoleRule: Rule = function* (definition) {
  if (definition.executionRoleArn) return;
  const containers = containersOf(definition);
  const needs: readonly (readonly [asked: boolean, what: string])[] = [
    [containers.some(namesSecrets), 'container secrets'],
    [containers.some(({ repositoryCredentials }) => repositoryCredentials !== undefined), 'repositoryCredentials'],
    [containers.some(({ environmentFiles }) => !isEmpty(environmentFiles)), 'environmentFiles'],
  ];
  for (const [asked, what] of needs)
    if (asked) yield `When you are specifying ${what}, you must also specify a value for 'executionRoleArn'`;
};

const namesSecrets = ({ secrets, logConfiguration }: ContainerDefinition): boolean =>
  !isEmpty(secrets) || !isEmpty(logConfiguration?.secretOptions);
