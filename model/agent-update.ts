/** The agent of a container instance as a build of code, and its replacement by another. Plain JSON throughout. */

/** Which code an agent is. */
export interface AgentBuild {
  /** Longshore's version, such as `0.1.0`. */
  readonly version: string;
  /** Short and hexadecimal: of the code that an agent consists of, and of the packages that it uses. */
  readonly hash: string;
}

export const isSameBuild = (a: AgentBuild, b: AgentBuild): boolean => a.version === b.version && a.hash === b.hash;

/** As people read it, and as the folder of a version is called: `0.1.0-4f2a9c01d3b7`. */
export const buildName = ({ version, hash }: AgentBuild): string => `${version}-${hash}`;

/** undefined if it is not the name of a build. */
export function readBuildName(name: string): AgentBuild | undefined {
  const { version, hash } = /^(?<version>.+)-(?<hash>[0-9a-f]+)$/.exec(name)?.groups ?? {};
  return version === undefined || hash === undefined ? undefined : { version, hash };
}

/** As ECS has it, of the latest update. The last two are ends. */
export type AgentUpdateStatus = 'PENDING' | 'STAGING' | 'STAGED' | 'UPDATING' | 'UPDATED' | 'FAILED';

/** The type of the failure with which an agent that is ending gives its part in an update back. */
export const AGENT_ENDED = 'AgentEnded';

/** What an agent says that took the place of a new version again. */
export interface FailedAgentUpdate {
  /** The build that did not work. */
  readonly build: AgentBuild;
  /** A sentence for the operator. */
  readonly reason: string;
}

/** The attribute of an instance whose agent can be replaced by UpdateContainerAgent. */
export const AGENT_UPDATE_ATTRIBUTE = 'longshore.agent-update';
