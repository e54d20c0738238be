/** A definition that every rule accepts, so that a test shows only what it changes. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Definition } from '../../../../../api/ecs/rules/task-definition/definition.ts';

export const container = (members: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: 'web',
  image: 'nginx:1.27',
  memory: 128,
  ...members,
});

export const definition = (members: Partial<Definition> = {}): Definition => ({
  family: 'web',
  containerDefinitions: [container()],
  ...members,
});

/** A definition of one container. */
export const of = (members: Partial<ContainerDefinition>, task: Partial<Definition> = {}): Definition =>
  definition({ containerDefinitions: [container(members)], ...task });

/** A definition of containers with these members, named a, b, c. */
export const ofMany = (...members: Partial<ContainerDefinition>[]): Definition =>
  definition({ containerDefinitions: members.map((own, index) => container({ name: 'abc'[index]!, ...own })) });

/** The smallest FARGATE definition. */
export const fargate = (members: Partial<ContainerDefinition> = {}, task: Partial<Definition> = {}): Definition =>
  of(members, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512', ...task });
