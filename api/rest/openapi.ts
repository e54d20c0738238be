/** The OpenAPI 3.1 document of the REST routes, made from the same table and shapes that serve them. */
import { ECS_ERROR_CODES } from '../../model/errors.ts';
import { AGENT_PATHS, AGENT_SCHEMAS } from '../agents/openapi.ts';
import { AUDIT_PATHS, AUDIT_SCHEMAS } from '../audit/openapi.ts';
import { DEMAND_PATHS } from '../capacity-demand/openapi.ts';
import { INTERRUPTION_PATHS } from '../interruption/openapi.ts';
import { EVENT_PATHS, EVENT_SCHEMAS } from '../events/openapi.ts';
import { WHY_PATHS } from '../why/openapi.ts';
import { WEBHOOK_PATHS, WEBHOOK_SCHEMAS } from '../webhooks/openapi.ts';
import { ecsDoor } from '../ecs/door.ts';
import type { Shape, StructureShape } from '../protocol/shapes.ts';
import type { RestRoute } from './routes.ts';
import { REST_ROUTES } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const SIMPLE: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  timestamp: { type: 'number', description: 'Seconds since 1970-01-01 UTC; the fraction has milliseconds.' },
  blob: { type: 'string', contentEncoding: 'base64' },
  document: {},
};

const ERROR: Json = {
  type: 'object',
  required: ['__type', 'message'],
  properties: { __type: { type: 'string', enum: ECS_ERROR_CODES }, message: { type: 'string' } },
};

let document: Json | undefined;

/** Returns the document, which is built at first use. Routes whose operation is not built yet are left out. */
export function openApiDocument(): Json {
  document ??= buildDocument();
  return document;
}

function buildDocument(): Json {
  const schemas = new Map<string, Json>([['Error', ERROR]]);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of REST_ROUTES.filter(({ operation }) => ecsDoor.operations.has(operation))) {
    (paths[route.path] ??= {})[route.method] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Longshore',
      version: '2014-11-13',
      description: 'The ECS API as resource routes. The same operations answer as AWS JSON 1.1 on POST /.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      ...{ ...paths, ...EVENT_PATHS, ...INTERRUPTION_PATHS, ...DEMAND_PATHS, ...WEBHOOK_PATHS },
      ...{ ...WHY_PATHS, ...AUDIT_PATHS, ...AGENT_PATHS },
    },
    components: {
      schemas: {
        ...Object.fromEntries(schemas),
        ...EVENT_SCHEMAS,
        ...WEBHOOK_SCHEMAS,
        ...AUDIT_SCHEMAS,
        ...AGENT_SCHEMAS,
      },
    },
  };
}

function operationOf(route: RestRoute, schemas: Map<string, Json>): Json {
  const shapes = ecsDoor.catalogue.shapesOf(route.operation);
  if (shapes === undefined) throw new Error(`Route ${route.path} names an operation that the API does not have.`);
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const taken = new Set([...inPath, ...Object.values(route.lists ?? {})]);
  const others = shapes.input.members.filter(({ name }) => !taken.has(name));
  const inQuery = route.method === 'get' || (route.method === 'delete' && route.operation !== 'DeleteAttributes');
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(inQuery ? others : []).map(({ name, required, shape }) => ({
      name,
      in: 'query',
      ...(required ? { required } : {}),
      schema: schemaOf(shape, schemas),
    })),
  ];
  const requestBody = {
    required: others.some(({ required }) => required),
    content: { 'application/json': { schema: objectOf({ ...shapes.input, members: others }, schemas) } },
  };
  return {
    operationId: `${route.operation}${route.one === undefined || route.method !== 'get' ? '' : 'One'}`,
    tags: [route.path.split('/')[route.path.startsWith('/v1/clusters/{cluster}/') ? 4 : 2]],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(inQuery ? {} : { requestBody }),
    responses: {
      [String(route.status ?? 200)]: {
        description: 'Done.',
        content: { 'application/json': { schema: answerOf(route, shapes.output, schemas) } },
      },
      default: {
        description: 'Refused or failed: the ECS error.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function answerOf(route: RestRoute, output: StructureShape, schemas: Map<string, Json>): Json {
  const list = output.members.find(({ name }) => name === route.one?.list)?.shape;
  return list?.kind === 'list' ? schemaOf(list.element, schemas) : schemaOf(output, schemas);
}

function schemaOf(shape: Shape, schemas: Map<string, Json>): Json {
  switch (shape.kind) {
    case 'list':
      return { type: 'array', items: schemaOf(shape.element, schemas) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(shape.value, schemas) };
    case 'structure':
      if (!schemas.has(shape.name)) {
        schemas.set(shape.name, {});
        schemas.set(shape.name, objectOf(shape, schemas));
      }
      return { $ref: `#/components/schemas/${shape.name}` };
    case 'string':
      return shape.values === undefined ? { type: 'string' } : { type: 'string', enum: shape.values };
    case 'integer':
      return { type: 'integer', format: shape.long === true ? 'int64' : 'int32' };
    case 'double':
    case 'boolean':
    case 'timestamp':
    case 'blob':
    case 'document':
      return SIMPLE[shape.kind] ?? {};
  }
}

function objectOf(shape: StructureShape, schemas: Map<string, Json>): Json {
  const required = shape.members.filter((member) => member.required).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(shape.members.map(({ name, shape: member }) => [name, schemaOf(member, schemas)])),
  };
}
