/** The variables by which programs in a container find the task endpoint. Pure. */
import type { AgentVariables, TaskBlueprint } from '../../activities/host/launch/container-spec.ts';
import { parseArn } from '../../model/arn.ts';
import type { TaskIds } from './ids.ts';

/** The address that SDKs know, as on ECS. */
export const ENDPOINT_ADDRESS = '169.254.170.2';
/** The port that a relative address means. */
export const ENDPOINT_PORT = 80;

export interface EndpointPlace {
  /** Where the agent listens. */
  readonly port: number;
  /** Whether port 80 of the address leads to this agent. */
  readonly ownsPort80: boolean;
}

/** The variables of a container, for the endpoint as it is when the container is created. */
export const endpointVariables =
  (ids: TaskIds, place: () => EndpointPlace): AgentVariables =>
  (blueprint, containerName) => {
    const { definition, plan } = blueprint;
    const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
    if (plan.networkMode === 'none' || container?.disableNetworking === true) return {};
    const { port, ownsPort80 } = place();
    const url = `http://${ENDPOINT_ADDRESS}:${port}`;
    const id = ids.container(plan, containerName);
    const credentials = credentialsPath(ids.credentials(plan));
    return {
      ECS_CONTAINER_METADATA_URI_V4: `${url}/v4/${id}`,
      ECS_AGENT_URI: `${url}/api/${id}`,
      AWS_ENDPOINT_URL: url,
      ...(plan.hasTaskRole === true
        ? ownsPort80
          ? { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: credentials }
          : { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${credentials}` }
        : {}),
      ...regionOf(blueprint),
    };
  };

const credentialsPath = (id: string): string => `/v2/credentials/${id}`;

/** ECS sets the region of FARGATE tasks only. */
function regionOf({ launch }: TaskBlueprint): Readonly<Record<string, string>> {
  const region = parseArn(launch.taskArn)?.region;
  if (launch.launchType !== 'FARGATE' || region === undefined) return {};
  return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}
