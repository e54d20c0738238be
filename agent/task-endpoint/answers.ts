/** Answers the calls of containers: whose they are, and which part of the endpoint they mean. */
import type { Logger } from 'pino';
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { type Answer, jsonAnswer, serviceError } from './answer.ts';
import type { Callers } from './callers.ts';
import { answerCredentials, noCredentialsId, unknownCredentialsId } from './credentials.ts';
import { type ForwardedTask, forwardedHeaders, type Forwarder } from './forwarding.ts';
import { type HostTasksView, nameOf } from './host-tasks-view.ts';
import type { IdIndex } from './ids.ts';
import { answerMetadata, type MetadataDeps, unknownMetadataId } from './metadata-answers.ts';
import { answerProtection, type ProtectionDeps, unknownProtectionId } from './protection.ts';
import { type Route, routeOf } from './routes.ts';
import type { EndpointRequest } from './server.ts';

export interface AnswersDeps extends MetadataDeps, ProtectionDeps {
  readonly tasks: HostTasksView;
  readonly index: IdIndex;
  readonly callers: Callers;
  readonly forwarder: Forwarder;
  readonly logger: Pick<Logger, 'warn'>;
}

interface Answering extends AnswersDeps {
  /** Addresses whose refusal is in the log: a caller must not fill it. */
  readonly told: Set<string>;
}

/** More than a host has containers. */
const MOST_TOLD = 1_000;

/** The function that answers each request. */
export function answering(deps: AnswersDeps): (request: EndpointRequest) => Promise<Answer> {
  const state: Answering = { ...deps, told: new Set() };
  return (request) => {
    const route = routeOf(request.url);
    switch (route.kind) {
      case 'forward':
        return forward(request, deps);
      case 'not built':
        return Promise.resolve(serviceError(404, 'UnsupportedFeatureException', `${route.name} is not built.`));
      case 'credentials':
      case 'metadata':
      case 'protection':
        return local(request, route, state);
    }
  };
}

type LocalRoute = Exclude<Route, { kind: 'forward' | 'not built' }>;

async function local(request: EndpointRequest, route: LocalRoute, deps: Answering): Promise<Answer> {
  const { method } = request;
  const isUpdate = method === 'PUT' && route.kind === 'protection';
  if (method !== 'GET' && method !== 'HEAD' && !isUpdate)
    return jsonAnswer(405, `${method} is not a method of this path.`);
  if (route.kind === 'credentials' && route.id === '') return noCredentialsId();
  const found = await owner(request, route, deps);
  if (found === undefined) return unknown(route);
  const { life, containerName } = found;
  if (route.kind === 'credentials') return answerCredentials(life, deps.keys);
  if (route.kind === 'protection') return answerProtection(life, isUpdate ? await request.body() : undefined, deps);
  return answerMetadata(life, { name: containerName, part: route.part }, deps);
}

function unknown(route: LocalRoute): Answer {
  if (route.kind === 'credentials') return unknownCredentialsId();
  return route.kind === 'protection' ? unknownProtectionId() : unknownMetadataId(route.part);
}

/** The task and container behind the id, if it is an id of the route's kind and the caller is that task. */
async function owner(
  { remoteAddress }: EndpointRequest,
  route: LocalRoute,
  { tasks, index, callers, logger, told }: Answering,
): Promise<{ readonly life: TaskLife; readonly containerName: string } | undefined> {
  const found = index.find(route.id, tasks.lives());
  if (found === undefined || (found.containerName === undefined) !== (route.kind === 'credentials')) return undefined;
  const life = tasks.life(found.taskId);
  if (life === undefined) return undefined;
  if (!(await callers.mayCall(life, remoteAddress))) {
    if (told.has(remoteAddress) || told.size >= MOST_TOLD) return undefined;
    told.add(remoteAddress);
    logger.warn(
      { taskId: found.taskId, address: remoteAddress },
      'refused a call with the id of a task from another address',
    );
    return undefined;
  }
  // The task as it is now: it may have changed while the caller was looked up.
  return { life: tasks.life(found.taskId) ?? life, containerName: found.containerName ?? '' };
}

async function forward(request: EndpointRequest, { callers, forwarder }: AnswersDeps): Promise<Answer> {
  const caller = await callers.whose(request.remoteAddress);
  if (caller === undefined)
    return serviceError(403, 'AccessDeniedException', 'Only the tasks of this agent may call here.');
  const task: ForwardedTask = caller === 'host' ? caller : nameOf(caller);
  const { method, url, rawHeaders } = request;
  return forwarder.send(task, async () => {
    const body = await request.body();
    return { method, url, headers: forwardedHeaders(rawHeaders), body: body.toString('base64') };
  });
}
