/** What a request calls, as far as it says so itself: also for requests that were refused before anybody looked. */
import type { Request } from 'express';
import type { Door } from '../door.ts';
import { operationOfTarget } from '../door.ts';
import { openApiDocument } from '../rest/openapi.ts';
import { REST_ROUTES } from '../rest/routes.ts';
import { doorOf, readableForm, REST_PREFIX } from '../which-door.ts';

export interface NamedCall {
  /** `ecs`; `longshore` for its own routes, and for what is nothing at all. */
  readonly service: string;
  readonly operation: string;
  /** Whether it is one of Longshore's own routes that changes something. */
  readonly ownChange: boolean;
}

/** The service of Longshore's own routes, in policies as in the audit. */
export const OWN_SERVICE = 'longshore';
/** The name of what has none: a route that the OpenAPI document leaves out, or nothing that exists. */
export const UNKNOWN_OPERATION = 'UnknownOperation';
const NOTHING: NamedCall = { service: OWN_SERVICE, operation: UNKNOWN_OPERATION, ownChange: false };

/** HEAD asks the route of GET. */
export const isGet = ({ method }: Pick<Request, 'method'>): boolean => method === 'GET' || method === 'HEAD';

export function namedCall(doors: readonly Door[], request: Request): NamedCall {
  if (request.path.startsWith(REST_PREFIX)) return restCall(request);
  const form = readableForm(request);
  const door = doorOf(doors, request, form);
  const operation = door && (operationOfTarget(door, request.get('x-amz-target') ?? '') ?? form?.get('Action'));
  if (door === undefined || operation === undefined || !door.catalogue.names.includes(operation)) return NOTHING;
  return { service: door.service, operation, ownChange: false };
}

interface Route extends NamedCall {
  readonly method: string;
  readonly pattern: RegExp;
}

let routes: readonly Route[] | undefined;

function restCall(request: Request): NamedCall {
  routes ??= allRoutes();
  const method = isGet(request) ? 'GET' : request.method;
  const route = routes.find((known) => known.method === method && known.pattern.test(request.path));
  return route ?? { ...NOTHING, ownChange: method !== 'GET' };
}

/** ECS's operations, and what else the OpenAPI document has. */
function allRoutes(): readonly Route[] {
  const ofEcs = REST_ROUTES.map(({ method, path, operation }) => ({
    ...{ method: method.toUpperCase(), pattern: patternOf(path), service: 'ecs', operation, ownChange: false },
  }));
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, { operationId: string }>> };
  const isOfEcs = new Set(REST_ROUTES.map(({ method, path }) => `${method} ${path}`));
  const own = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => !isOfEcs.has(`${method} ${path}`))
      .map(([method, { operationId: operation }]) => ({
        ...{ method: method.toUpperCase(), pattern: patternOf(path), service: OWN_SERVICE, operation },
        ownChange: method !== 'get',
      })),
  );
  return [...ofEcs, ...own];
}

/** Only what `why` asks about may contain slashes; a slash at the end means nothing. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace('{id}', '.+').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
