/** What a task definition, with a task's overrides, names and does not hold: secrets, files of variables, roles. Pure. */
import type { ContainerDefinition, EnvironmentFile, Secret, TaskOverride } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from './task-definition.ts';

type Definition = Pick<TaskDefinition, 'containerDefinitions' | 'taskRoleArn' | 'executionRoleArn'>;

/** What one container names. */
export interface NamedByContainer {
  readonly name: string;
  readonly secrets: readonly Secret[];
  readonly secretOptions: readonly Secret[];
  readonly environmentFiles: readonly EnvironmentFile[];
  readonly credentialsParameter?: string;
}

/** The containers that name anything. The files of an override take the place of the definition's, as in ECS. */
export const namedByContainers = (definition: Definition, overrides: TaskOverride): readonly NamedByContainer[] =>
  (definition.containerDefinitions ?? []).map((container) => namedBy(container, overrides)).filter(namesAny);

function namedBy(container: ContainerDefinition, { containerOverrides = [] }: TaskOverride): NamedByContainer {
  const override = containerOverrides.find(({ name }) => name === container.name);
  const credentialsParameter = container.repositoryCredentials?.credentialsParameter;
  return {
    name: container.name ?? '',
    secrets: container.secrets ?? [],
    secretOptions: container.logConfiguration?.secretOptions ?? [],
    environmentFiles: override?.environmentFiles ?? container.environmentFiles ?? [],
    ...(credentialsParameter === undefined ? {} : { credentialsParameter }),
  };
}

const namesAny = ({ secrets, secretOptions, environmentFiles, credentialsParameter }: NamedByContainer): boolean =>
  secrets.length + secretOptions.length + environmentFiles.length > 0 || credentialsParameter !== undefined;

/** The role of the task's programs, and the one by which its secrets are read: those of the overrides go first. */
export const taskRole = (definition: Definition, overrides: TaskOverride): string | undefined =>
  overrides.taskRoleArn || definition.taskRoleArn || undefined;
export const executionRole = (definition: Definition, overrides: TaskOverride): string | undefined =>
  overrides.executionRoleArn || definition.executionRoleArn || undefined;
