/** Finds what a person asks about by an ARN, an id, the beginning of an id, or a service's name. */
import type { Partition } from '../../model/arn.ts';
import { EcsError } from '../../model/errors.ts';
import type { Store } from '../../store/contract/store.ts';
import { checkOwnArn } from '../ecs/rules/arns.ts';
import { invalid } from '../ecs/rules/refusals.ts';
import type { Subject, WhyQuestion } from './chain.ts';

const SUBJECTS: readonly Subject[] = ['task', 'service', 'deployment', 'instance'];
const ARN_TYPES: Readonly<Record<string, Subject>> = {
  task: 'task',
  service: 'service',
  'container-instance': 'instance',
  'task-set': 'deployment',
};
const SHORTEST_PREFIX = 8;
const SHOWN_MATCHES = 5;

function readSubject(text: string): Subject {
  const subject = SUBJECTS.find((known) => known === text);
  if (subject === undefined) throw invalid(`Ask about one of ${SUBJECTS.join(', ')}: '${text}' is none of these.`);
  return subject;
}

/** A caller may leave `ecs-svc/` out of a deployment's id. */
const deploymentOf = (id: string): string => (id.startsWith('ecs-svc/') ? id : `ecs-svc/${id}`);

export interface WhyRequest {
  readonly subject: string;
  readonly id: string;
  readonly clusterName: string;
}

/** Throws InvalidParameterException if it cannot read the request, or if several ids begin with the given text. */
export async function readQuestion(
  { store, partition }: { readonly store: Store; readonly partition: Partition },
  request: WhyRequest,
): Promise<WhyQuestion> {
  const subject = readSubject(request.subject);
  if (request.id.startsWith('arn:')) {
    const { type, path } = checkOwnArn(request.id, partition);
    if (ARN_TYPES[type] !== subject) throw invalid(`This is the ARN of a ${type}, not of a ${subject}.`);
    const [clusterName = '', ...rest] = path;
    return { clusterName, subject, id: type === 'task-set' ? rest.slice(1).join('/') : rest.join('/') };
  }
  const { clusterName } = request;
  if (subject === 'service') return { clusterName, subject, id: request.id };
  const prefix = subject === 'deployment' ? deploymentOf(request.id) : request.id;
  if (request.id.length < SHORTEST_PREFIX) {
    throw invalid(`Give at least the first ${SHORTEST_PREFIX} characters of the ${subject}'s id.`);
  }
  const matches = await store.findByPrefix(subject, { clusterName, prefix, limit: SHOWN_MATCHES });
  if (matches.length > 1 && !matches.includes(prefix)) {
    throw invalid(`Several ids begin with '${request.id}': ${matches.join(', ')}.`);
  }
  return { clusterName, subject, id: matches.includes(prefix) ? prefix : (matches[0] ?? prefix) };
}

export const unknownSubject = ({ subject, id, clusterName }: WhyQuestion): EcsError =>
  new EcsError(
    'ResourceNotFoundException',
    `Nothing is recorded about ${subject} ${id} in cluster ${clusterName}: it does not exist, or its records are past their retention.`,
  );
