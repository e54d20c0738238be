/**
 * What an agent asks of the control plane on behalf of the tasks that its instance holds: the values of secrets, keys of roles, and
 * calls that programs in containers make. Nothing of it goes through Temporal or into a record.
 */
import type { EpochMs } from './time.ts';

/** The names of the agent door's calls. */
export const READ_TASK_SECRETS = 'ReadTaskSecrets';
export const ISSUE_TASK_CREDENTIALS = 'IssueTaskCredentials';
export const FORWARD_TASK_CALL = 'ForwardTaskCall';

/** Names a task that the caller's instance holds. */
export interface TaskName {
  readonly clusterName: string;
  readonly taskId: string;
}

/** What a container gets that its definition only names. */
export interface ContainerSecrets {
  /** Variables from `environmentFiles`: the definition's own variables and secrets win. */
  readonly fileEnvironment: Readonly<Record<string, string>>;
  /** Variables from `secrets`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Options of the log driver, from `logConfiguration.secretOptions`. */
  readonly logOptions: Readonly<Record<string, string>>;
  /** With which the image is pulled, from `repositoryCredentials`. */
  readonly registryAuth?: { readonly username: string; readonly password: string };
}

/** By container name. A container that names no secrets, files and credentials is left out. */
export type TaskSecrets = Readonly<Record<string, ContainerSecrets>>;

/** Temporary credentials of a task's role. */
export interface TaskCredentials {
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: EpochMs;
}

/** An HTTP request that a program in a container sent to the agent, as it is: its signature must hold. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case, in the order sent; a name may occur more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Base64. */
  readonly body: string;
}

/** The request of ForwardTaskCall. Without a task: the agent does not know which one calls. */
export interface ForwardTaskCall extends Partial<TaskName> {
  readonly request: ForwardedRequest;
}

export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Base64. */
  readonly body: string;
}

/** Calls reject with TaskCallRefused for good reasons, and with another error when the control plane is out of reach. */
export interface TaskControl {
  /** The values of all that the task's definition names. Refusals have ECS's words for a stopped reason, without an error's name in front. */
  secrets(task: TaskName): Promise<TaskSecrets>;
  /** Keys of the task's role. Refused if the task has none, or if its role is gone or does not trust ECS tasks. */
  credentials(task: TaskName): Promise<TaskCredentials>;
  /**
   * Passes a call of a container on to the API, which always asks for a signature there. Without a task: the agent does not know
   * which one calls, because it shares the host's own network. Only the signature says who may do what.
   */
  forward(task: TaskName | undefined, request: ForwardedRequest): Promise<ForwardedAnswer>;
}

/** The control plane refuses it for good: asking again changes nothing. The message says why. */
export class TaskCallRefused extends Error {
  override readonly name = 'TaskCallRefused';
}
