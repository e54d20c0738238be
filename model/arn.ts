/** Amazon resource names of ECS resources, built and taken apart. Formats: long ARNs only, as issued since 2021. */

export interface Partition {
  readonly account: string;
  readonly region: string;
}

const arn = (p: Partition, tail: string): string => `arn:aws:ecs:${p.region}:${p.account}:${tail}`;

export const clusterArn = (p: Partition, cluster: string): string => arn(p, `cluster/${cluster}`);
export const containerInstanceArn = (p: Partition, cluster: string, id: string): string =>
  arn(p, `container-instance/${cluster}/${id}`);
export const taskArn = (p: Partition, cluster: string, taskId: string): string => arn(p, `task/${cluster}/${taskId}`);
export const containerArn = (p: Partition, path: { cluster: string; taskId: string; containerId: string }): string =>
  arn(p, `container/${path.cluster}/${path.taskId}/${path.containerId}`);
export const serviceArn = (p: Partition, cluster: string, service: string): string =>
  arn(p, `service/${cluster}/${service}`);
/** ECS uses the old form, without the cluster, for a service that does not exist. */
export const missingServiceArn = (p: Partition, service: string): string => arn(p, `service/${service}`);
/** `taskSetId`: `ecs-svc/<digits>`. */
export const taskSetArn = (p: Partition, path: { cluster: string; service: string; taskSetId: string }): string =>
  arn(p, `task-set/${path.cluster}/${path.service}/${path.taskSetId}`);
/** `path`: cluster, service, and the id of the deployment or revision. */
export const serviceDeploymentArn = (p: Partition, ...path: readonly [string, string, string]): string =>
  arn(p, `service-deployment/${path.join('/')}`);
export const serviceRevisionArn = (p: Partition, ...path: readonly [string, string, string]): string =>
  arn(p, `service-revision/${path.join('/')}`);
export const capacityProviderArn = (p: Partition, name: string): string => arn(p, `capacity-provider/${name}`);
export const taskDefinitionArn = (p: Partition, family: string, revision: number): string =>
  arn(p, `task-definition/${family}:${revision}`);
/** All revisions of a family, for policies: a request that names no revision may mean any of them. */
export const taskDefinitionFamilyArn = (p: Partition, family: string): string => arn(p, `task-definition/${family}:*`);
/** The ARN of a resource of any type; `path` as `parseArn` gives it. */
export const resourceArn = (p: Partition, { type, path }: Pick<ParsedArn, 'type' | 'path'>): string =>
  arn(p, `${type}/${path.join('/')}`);

/** The parts of an ECS ARN: `type` and the path behind it, e.g. task → [cluster, id]. */
export interface ParsedArn extends Partition {
  readonly type: string;
  readonly path: readonly string[];
}

/** Takes an ARN of the ECS service apart; undefined when the text is no such ARN. */
export function parseArn(text: string): ParsedArn | undefined {
  const match = /^arn:aws[a-z-]*:ecs:([a-z0-9-]*):(\d*):([a-z-]+)\/(.+)$/.exec(text);
  if (!match) return undefined;
  const [, region = '', account = '', type = '', path = ''] = match;
  return { region, account, type, path: path.split('/') };
}

/** The last path segment of an ARN, or the text itself when it is already a short name or id. */
export const shortName = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** Revisions are kept in 32 bits. */
const MOST_REVISION = 2 ** 31 - 1;

/** Whether the text after the colon of a task definition's name can be a revision. */
export const isRevision = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= MOST_REVISION;

/** Family and revision of `family:revision` or of a task definition's ARN; revision is undefined when left out. */
export function parseTaskDefinitionRef(ref: string): { family: string; revision: number | undefined } | undefined {
  const match = /^([A-Za-z0-9_-]{1,255})(?::(.+))?$/.exec(shortName(ref));
  if (!match) return undefined;
  const [, family = '', revision] = match;
  if (revision !== undefined && !isRevision(revision)) return undefined;
  return { family, revision: revision === undefined ? undefined : Number(revision) };
}
