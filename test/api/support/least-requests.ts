/** The least request of every operation and route, over each protocol: made from the catalogues and the route tables. */
import type { Door } from '../../../api/door.ts';
import type { Shape, StructureShape } from '../../../api/protocol/shapes.ts';
import { openApiDocument } from '../../../api/rest/openapi.ts';
import { REST_ROUTES } from '../../../api/rest/routes.ts';
import { ACCOUNT } from './iam-calls.ts';

export const ecsArnOf = (resource: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${resource}`;

/** The least input that a shape accepts. */
function leastOf(shape: Shape): unknown {
  switch (shape.kind) {
    case 'string':
      return shape.values?.[0] ?? 'x';
    case 'list':
      return [leastOf(shape.element)];
    case 'structure':
      return leastInput(shape);
    case 'map':
    case 'document':
      return {};
    case 'boolean':
      return true;
    case 'integer':
    case 'double':
      return 1;
    case 'timestamp':
      return 0;
    case 'blob':
      return '';
  }
}

const leastInput = ({ members }: StructureShape): Readonly<Record<string, unknown>> =>
  Object.fromEntries(members.filter(({ required }) => required).map(({ name, shape }) => [name, leastOf(shape)]));

const DEPLOYMENT = ecsArnOf('service-deployment/default/web/x');
/** Where text alone is no input. */
const INPUTS: Readonly<Record<string, object>> = {
  'sts:AssumeRole': { RoleArn: `arn:aws:iam::${ACCOUNT}:role/role-1`, RoleSessionName: 'xx' },
  'ecs:TagResource': { resourceArn: ecsArnOf('cluster/default'), tags: [{ key: 'a', value: 'b' }] },
  'ecs:UntagResource': { resourceArn: ecsArnOf('cluster/default'), tagKeys: ['a'] },
  'ecs:ListTagsForResource': { resourceArn: ecsArnOf('cluster/default') },
  'ecs:DescribeServiceDeployments': { serviceDeploymentArns: [DEPLOYMENT] },
  'ecs:StopServiceDeployment': { serviceDeploymentArn: DEPLOYMENT },
  'ecs:ContinueServiceDeployment': { serviceDeploymentArn: DEPLOYMENT, hookId: 'x' },
  'ecs:DescribeServiceRevisions': { serviceRevisionArns: [ecsArnOf('service-revision/default/web/1')] },
  'ecs:PutAccountSetting': { name: 'containerInsights', value: 'enabled' },
  'ecs:PutAccountSettingDefault': { name: 'containerInsights', value: 'enabled' },
};

const inputOf = (door: Door, operation: string): object =>
  INPUTS[`${door.service}:${operation}`] ?? leastInput(door.catalogue.shapesOf(operation)!.input);

export interface LeastRequest {
  /** Such as `ecs ListClusters` or `GET /v1/clusters`. */
  readonly name: string;
  /** Absent for a route of Longshore's own. */
  readonly operation?: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Over AWS JSON or Query, as the door speaks. */
export const requestsOf = (door: Door): readonly LeastRequest[] =>
  [...door.operations.keys()].map((operation) => {
    const common = {
      name: `${door.service} ${operation}`,
      operation,
      service: door.service,
      method: 'POST',
      path: '/',
    };
    const input = inputOf(door, operation);
    if (door.protocol.kind === 'query') {
      const form = { Action: operation, Version: door.protocol.version, ...Object.fromEntries(formOf('', input)) };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return { ...common, query: {}, headers, body: new URLSearchParams(form).toString() };
    }
    const headers = {
      'content-type': `application/x-amz-json-${door.protocol.version}`,
      'x-amz-target': door.protocol.targetPrefix + operation,
    };
    return { ...common, query: {}, headers, body: JSON.stringify(input) };
  });

/** The parameters of a form, such as `Tags.member.1.Key`. */
function formOf(name: string, value: unknown): readonly (readonly [string, string])[] {
  const at = (key: string): string => (name === '' ? key : `${name}.${key}`);
  if (Array.isArray(value)) return value.flatMap((each, i) => formOf(at(`member.${i + 1}`), each));
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => formOf(at(key), inner));
}

const CHANGES: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete']);

/** Every route of the OpenAPI document. `ecs`: the door behind most of them. */
export function restRequests(ecs: Door): readonly LeastRequest[] {
  const { paths } = openApiDocument() as { paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => {
      const route = REST_ROUTES.find((one) => one.path === path && one.method === method);
      const operation = route?.operation;
      const input = operation === undefined ? {} : inputOf(ecs, operation);
      return {
        name: `${method.toUpperCase()} ${path}`,
        ...(operation === undefined ? {} : { operation }),
        ...{ service: 'ecs', method: method.toUpperCase(), path: filled(path) },
        query: operation === 'ListAttributes' ? { targetType: 'container-instance' } : {},
        headers: CHANGES.has(method) ? { 'content-type': 'application/json' } : {},
        ...(CHANGES.has(method) ? { body: JSON.stringify(input) } : {}),
      };
    }),
  );
}

/** A path with something in its braces. */
const filled = (path: string): string =>
  path
    .replace('{serviceDeploymentArn}', encodeURIComponent(DEPLOYMENT))
    .replace('{serviceRevisionArn}', encodeURIComponent(ecsArnOf('service-revision/default/web/1')))
    .replace('{resourceArn}', encodeURIComponent(ecsArnOf('cluster/default')))
    .replace('/why/{kind}', '/why/task')
    .replaceAll(/\{\w+\}/g, 'x');
