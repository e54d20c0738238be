/**
 * What agents and control planes say to each other, as one number: of the calls in agent-calls.ts and agent-door.ts, and of the
 * activities in activities/host/. A change that the version before would misunderstand takes the next number and a line below;
 * members that it may leave out or pass over take none. The messages of each number are under test/api/agent-door/golden/.
 *
 * 1  Join, Renew, RegisterInstance, AnnounceAgent, IsRegistered, ReportTasks; launchTasks, stopTasks, attendInstance. Neither
 *    side names its number.
 * 2  RegisterInstance and its answer name it. DescribeAgentPackage, ReadAgentPackage; stageAgent, switchAgent.
 * 3  ReadTaskSecrets, IssueTaskCredentials, ForwardTaskCall; launchTasks may name secrets and roles.
 */
export const AGENT_PROTOCOL = 3;

/** Of one that names none. */
const FIRST = 1;

/** The two differ by one version at most. `own` and `other` are numbers of protocols; absent: the first. */
export const speaks = (own: number, other: number = FIRST): boolean => Math.abs(own - other) <= 1;

/** What an agent is told whose protocol the control plane does not speak. */
export const agentTooFar = (agent: number = FIRST, own: number = AGENT_PROTOCOL): string =>
  agent < own
    ? `This agent speaks protocol ${agent}, and the control plane ${own}: it is too old. Install the control plane's version on this host and start the agent again; its containers keep running.`
    : `This agent speaks protocol ${agent}, and the control plane ${own}: it is too new. Upgrade the control plane first, or install its version on this host.`;

/** What an agent says that meets a control plane whose protocol it does not speak. */
export const controlPlaneTooFar = (controlPlane: number = FIRST, own: number = AGENT_PROTOCOL): string =>
  agentTooFar(own, controlPlane);
