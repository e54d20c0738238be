/** The RegisterTaskDefinition operation. */
import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { taskDefinitionArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { EcsError } from '../../../../model/errors.ts';
import type { TaskDefinition } from '../../../../model/task-definition.ts';
import { validateTags } from '../../rules/tags.ts';
import { presentTaskDefinition } from '../../present/task-definition.ts';
import { compatibilitiesOf } from './compatibilities.ts';
import { normaliseDefinition } from './normalise.ts';
import { requiredAttributes } from './requires-attributes.ts';
import { checkDefinition } from '../../rules/task-definition/index.ts';
import { requireFolder } from '../../rules/task-definition/secrets.ts';

const MOST_REVISIONS = 1_000_000;

/** A revision's number is never used again, and ECS allows no more than this many. */
function checkRevision(family: string, revision: number): void {
  if (revision <= MOST_REVISIONS) return;
  throw new EcsError(
    'ClientException',
    `Family ${family} has had ${MOST_REVISIONS} revisions, which is the most allowed.`,
  );
}

/** What the definition asks for and gets in another form. */
const standIns = ({ family, revision, containerDefinitions = [] }: TaskDefinition): readonly string[] =>
  containerDefinitions.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs')
    ? [
        `${family}:${revision} logs to awslogs: CloudWatch Logs is not built, so the lines stay in the engine's driver local`,
      ]
    : [];

/** Stores the next revision of a family. Throws ClientException for the first rule that the definition breaks. */
export const registerTaskDefinition: Operation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse> = {
  name: 'RegisterTaskDefinition',
  effect: 'records',
  async handle(input, { store, partition, now, caller, tell, hasEnvironmentFiles }) {
    checkDefinition(input);
    requireFolder(input.containerDefinitions ?? [], { hasEnvironmentFiles });
    const tags = validateTags(input.tags);
    const normalised = normaliseDefinition(input);
    const family = input.family ?? '';
    const record = await store.registerTaskDefinition(
      family,
      (revision) => {
        checkRevision(family, revision);
        return {
          ...normalised,
          taskDefinitionArn: taskDefinitionArn(partition, family, revision),
          family,
          revision,
          status: 'ACTIVE',
          requiresAttributes: requiredAttributes(normalised),
          compatibilities: compatibilitiesOf(normalised),
          registeredAt: now,
          registeredBy: caller.principal.arn,
        };
      },
      tags,
    );
    for (const warning of standIns(record.definition)) tell.warned(warning);
    return { taskDefinition: presentTaskDefinition(record.definition), tags: [...record.tags] };
  },
};
