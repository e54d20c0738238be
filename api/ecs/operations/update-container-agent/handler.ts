/** The UpdateContainerAgent operation. */
import type { UpdateContainerAgentRequest, UpdateContainerAgentResponse } from '@aws-sdk/client-ecs';
import { AGENT_UPDATE_ATTRIBUTE, type AgentBuild, isSameBuild } from '../../../../model/agent-update.ts';
import type { CountedInstance } from '../../../../model/container-instance.ts';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { requireCluster } from '../../read/clusters.ts';
import { answerInstance, requireInstance } from '../../read/container-instances.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { resolveInstanceId } from '../../rules/identifiers.ts';

/**
 * Has the instance's agent replaced by the build that this control plane serves; tasks run on. An agent that is away is
 * replaced when it is back.
 */
export const updateContainerAgent: Operation<UpdateContainerAgentRequest, UpdateContainerAgentResponse> = {
  name: 'UpdateContainerAgent',
  effect: 'records',
  async handle(input, context) {
    const clusterName = resolveClusterName(input.cluster, context);
    const id = resolveInstanceId(input.containerInstance ?? '', { clusterName, ...context });
    const [, instance] = await both(requireCluster(context, input.cluster), requireInstance(context, clusterName, id));
    if (instance.status === 'INACTIVE')
      throw new EcsError('InvalidParameterException', 'The referenced container instance was inactive.');
    const { agentBuild: target } = context;
    requireUpdatable(instance, target);
    await context.workflows.updateAgent(clusterName, id, { target });
    return answerInstance(context, clusterName, id);
  },
};

function requireUpdatable({ agentVersion, agentHash, attributes }: CountedInstance, target: AgentBuild): void {
  if (agentVersion === '' || agentHash === '')
    throw new EcsError(
      'MissingVersionException',
      'The version of the container agent of this container instance is not known: it registered without one.',
    );
  if (isSameBuild({ version: agentVersion, hash: agentHash }, target))
    throw new EcsError(
      'NoUpdateAvailableException',
      `There is no update available for your container agent: it is ${target.version} (${target.hash}), which this control plane serves.`,
    );
  if (!attributes.some(({ name }) => name === AGENT_UPDATE_ATTRIBUTE))
    throw new EcsError(
      'NoUpdateAvailableException',
      `There is no update available for your container agent ${agentVersion} (${agentHash}): it cannot replace itself. Install ${target.version} on its host and start it again; its tasks keep running.`,
    );
}
