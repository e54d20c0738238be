/** The RegisterContainerInstance operation. */
import { randomUUID } from 'node:crypto';
import type { RegisterContainerInstanceRequest, RegisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import type { InstanceRegistration } from '../../../../model/container-instance.ts';
import type { Operation } from '../../../operation.ts';
import { answerInstance, readInstances } from '../../read/container-instances.ts';
import { resolveInstanceId } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { validateTags } from '../../rules/tags.ts';
import { checkInstanceType, resolveAttributes } from './attributes.ts';
import { identityAttributes } from './identity-document.ts';
import { resolveResources } from './resources.ts';

/**
 * Registers an instance without an agent, or registers one again under its ARN. It gets tasks only while an agent
 * serves it. An identity document means that it is an EC2 machine; Longshore's own agents send none.
 */
export const registerContainerInstance: Operation<RegisterContainerInstanceRequest, RegisterContainerInstanceResponse> =
  {
    name: 'RegisterContainerInstance',
    effect: 'records',
    async handle(input, context) {
      const resources = resolveResources(input);
      const attributes = resolveAttributes([...(input.attributes ?? []), ...identityAttributes(input)]);
      const tags = validateTags(input.tags);
      const { clusterName } = await requireCluster(context, input.cluster);
      const known =
        input.containerInstanceArn === undefined
          ? undefined
          : resolveInstanceId(input.containerInstanceArn, { clusterName, ...context });
      const containerInstanceId = known ?? randomUUID().replaceAll('-', '');
      if (known !== undefined) {
        checkInstanceType((await readInstances(context, clusterName, [known])).get(known), attributes);
      }
      const registration: InstanceRegistration = {
        containerInstanceId,
        clusterName,
        resources,
        attributes,
        agentVersion: input.versionInfo?.agentVersion ?? '',
        agentHash: input.versionInfo?.agentHash ?? '',
        dockerVersion: input.versionInfo?.dockerVersion ?? '',
        tags,
        sessionId: '',
      };
      await context.workflows.registerInstance(registration);
      return answerInstance(context, clusterName, containerInstanceId);
    },
  };
