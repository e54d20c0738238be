/** The HTTP server of the API: AWS's services on `/`, REST under /v1, health at /healthz and /readyz. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { AgentBuild } from '../model/agent-update.ts';
import type { Partition } from '../model/arn.ts';
import type { TaskGuards } from '../model/task-guards.ts';
import type { AddressPolicy } from '../model/outgoing-address.ts';
import { defined } from '../model/defined.ts';
import { EcsError } from '../model/errors.ts';
import type { ForwardedAnswer, ForwardedRequest } from '../model/task-calls.ts';
import type { Store } from '../store/contract/store.ts';
import { addAgentRoutes, type AgentDoorFacts } from './agents/routes.ts';
import { Auditor } from './audit/auditor.ts';
import { addAuditRoute } from './audit/routes.ts';
import type { AccessKeySecrets } from './auth/access-keys.ts';
import { Authenticator } from './auth/authenticator.ts';
import { ANONYMOUS_CALLER, callerOf, Holders } from './auth/caller.ts';
import { IamVersion } from './auth/iam-version.ts';
import type { SealedValues } from './auth/sealed-values.ts';
import type { SessionTokens } from './auth/session-tokens.ts';
import { notSigned } from './auth/refusals.ts';
import { circumstancesOf } from './auth/circumstances.ts';
import { cloudtrailDoor } from './cloudtrail/door.ts';
import { WebIdentities } from './auth/web-identity/web-identities.ts';
import { EventFeed } from './events/feed.ts';
import { addEventRoutes } from './events/routes.ts';
import { refuseForeignCaller } from './foreign-callers.ts';
import type { WorkflowGateway } from './gateway.ts';
import { ecsDoor } from './ecs/door.ts';
import { iamDoor } from './iam/door.ts';
import { FrontDoor } from './front-door.ts';
import { Calls } from './protocol/calls.ts';
import { readBody, sentBody } from './protocol/request-body.ts';
import { checkUrl } from './protocol/request-text.ts';
import { ForwardedCalls } from './forwarded-calls.ts';
import { answerHealthy, answerReady } from './health.ts';
import { presentEvent } from '../model/wire/event.ts';
import { addDemandRoute } from './capacity-demand/routes.ts';
import { addInterruptionRoute } from './interruption/routes.ts';
import { openApiDocument } from './rest/openapi.ts';
import { answerRest } from './rest/rest-call.ts';
import { REST_ROUTES } from './rest/routes.ts';
import { secretsManagerDoor } from './secretsmanager/door.ts';
import { ssmDoor } from './ssm/door.ts';
import { stsDoor } from './sts/door.ts';
import type { Throttle } from './throttle/throttle.ts';
import { addWhyCallRoute } from './why/call-route.ts';
import { addWhyRoute } from './why/routes.ts';
import { addWebhookRoutes } from './webhooks/routes.ts';
import { guessProtocol, signedService } from './which-door.ts';

/**
 * Longer than the SDKs' connection pools keep idle connections, so that the server does not close a pooled connection
 * while a request is on its way.
 */
const KEEP_ALIVE_MS = 65_000;

export interface ApiOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly store: Store;
  readonly workflows: WorkflowGateway;
  readonly partition: Partition;
  readonly logger: Logger;
  /** Makes access keys, and opens the secrets with which callers sign. */
  readonly accessKeys: AccessKeySecrets;
  /** Issues and opens temporary credentials. */
  readonly tokens: SessionTokens;
  /** Seals and opens the values of secrets and parameters. */
  readonly values: SealedValues;
  /** With `loopback` every caller is root, so the API must listen on loopback only. `required` verifies each call. */
  readonly auth: 'loopback' | 'required';
  /** Serves HTTPS with it. Absent: plain HTTP. */
  readonly certificate?: Certificate;
  /** Whether tasks can really run: workers poll, and an instance is connected. */
  readonly isReady: () => Promise<boolean>;
  /** Returns why nothing can be recorded at present, such as a full disk; changes are then refused with that reason. */
  readonly unwritable?: () => string | undefined;
  /** Whether the operator named a folder of environment files. */
  readonly hasEnvironmentFiles?: boolean;
  /** Whether changes and denials are recorded. Absent: they are. */
  readonly audit?: 'on' | 'off';
  /** Where webhooks may go, and where issuers of web identities may be. */
  readonly webhookAddresses: AddressPolicy;
  /** What tasks may do to their hosts. Absent: anything. */
  readonly guards?: TaskGuards;
  /** Absent: calls may come at any rate. */
  readonly throttle?: Throttle;
  /** The agent that this control plane serves. */
  readonly agentBuild: AgentBuild;
  /** Absent: no host can join. */
  readonly agentDoor?: AgentDoorFacts;
}

/** A chain of certificates and the key of its first, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface RunningApi {
  readonly url: string;
  /** New connections get this certificate. Only for a server that has one. */
  setCertificate(certificate: Certificate): void;
  /** Answers a call that a container makes through its agent. Its signature must hold, also on loopback. Never rejects. */
  forward(request: ForwardedRequest): Promise<ForwardedAnswer>;
  /** Lets requests under way finish, and ends the streams of events. */
  close(): Promise<void>;
}

/** Starts the API. Resolves when it listens; rejects if it cannot listen on the port. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { store, partition } = options;
  const feed = new EventFeed({ store, present: (event) => presentEvent(event, partition) });
  const auditor = options.audit === 'off' ? undefined : new Auditor({ ...options, doors: DOORS });
  const shared = { feed, ...defined({ auditor }) };
  const app = createApp(options, shared);
  const signed = options.auth === 'required' ? app : createApp({ ...options, auth: 'required' }, shared);
  const forwarded = new ForwardedCalls(signed);
  const { certificate, host: address } = options;
  const secure = certificate === undefined ? undefined : createTlsServer({ ...certificate }, app);
  const server: Server = secure ?? createServer(app);
  await listen(server, options.port, address);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  const { port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  const close = async (): Promise<void> => {
    feed.close();
    forwarded.close();
    await closeServer(server, sockets);
    await auditor?.close();
  };
  const scheme = secure === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${host}:${port}`,
    close,
    setCertificate: (next) => secure?.setSecureContext({ ...next }),
    forward: (request) => forwarded.forward(request),
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeIdleConnections();
    // Clients open connections before they need them. Node counts one that has sent nothing as busy for a minute.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}

/** The AWS services that Longshore serves. */
export const DOORS = [ecsDoor, stsDoor, iamDoor, cloudtrailDoor, secretsManagerDoor, ssmDoor];

function createApp(
  options: ApiOptions,
  { feed, auditor }: { readonly feed: EventFeed; readonly auditor?: Auditor },
): Express {
  const { store, partition, webhookAddresses: addresses } = options;
  const version = new IamVersion(store, Date.now);
  const webIdentities = new WebIdentities({ store, version, partition, addresses, now: Date.now });
  const calls = new Calls({ ...options, webIdentities, ...defined({ auditor }) });
  const authenticator = options.auth === 'required' ? authenticatorOf(options, version) : undefined;
  const frontDoor = new FrontDoor(DOORS, calls, { authenticated: authenticator !== undefined });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // What the front door says of a path holds for the path that is routed.
  app.enable('case sensitive routing');
  // Before all checks: it only tells that the process is alive, and monitors call it by any host name.
  app.get('/healthz', answerHealthy);
  app.use((request, response, next) => {
    calls.begin(response, guessProtocol(request));
    refuseForeignCaller(request, { authenticated: authenticator !== undefined });
    checkUrl(request.url);
    next();
  });
  app.use(readBody);
  app.use(async (request, response, next) => {
    frontDoor.refuseOtherService(request);
    const known = frontDoor.takesUnsigned(request) ? undefined : authenticator;
    if (known !== undefined) await authenticate(known, calls, request, response);
    else describeUnsigned(calls, { request, response }, options);
    next();
  });
  app.get('/readyz', answerReady(options));
  app.get('/openapi.json', (_request, response) => void response.json(openApiDocument()));
  app.post('/', (request, response) => frontDoor.answer(request, response));
  app.get('/', (request, response) => frontDoor.answer(request, response));
  for (const route of REST_ROUTES) {
    app[route.method](expressPath(route.path), (request, response) => answerRest(calls, route, { request, response }));
  }
  addEventRoutes(app, { ...options, calls, feed });
  addDemandRoute(app, { ...options, calls });
  addInterruptionRoute(app, { ...options, calls });
  addAuditRoute(app, { ...options, calls });
  addWhyCallRoute(app, { ...options, calls });
  addWhyRoute(app, { ...options, calls });
  addWebhookRoutes(app, { ...options, calls });
  addAgentRoutes(app, { ...options, calls });
  app.use((request) => {
    throw new EcsError('UnknownOperationException', `There is nothing at ${request.method} ${request.path}.`);
  });
  // Express recognises an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => calls.fail(response, error));
  return app;
}

function authenticatorOf({ store, accessKeys, tokens, partition }: ApiOptions, version: IamVersion): Authenticator {
  const holders = new Holders(store, version);
  const options = { store, version, secrets: accessKeys, tokens, region: partition.region, now: Date.now };
  return new Authenticator({ ...options, callerOf: (owner) => callerOf(owner, holders, partition) });
}

/** Finds out who calls. Throws the refusal of a caller who is not known. */
async function authenticate(
  authenticator: Authenticator,
  calls: Calls,
  request: Request,
  response: Response,
): Promise<void> {
  const { method, originalUrl: url, headers } = request;
  const raw = { method, url, headers, body: sentBody(request) };
  const { caller, claim } = await authenticator.authenticate(request, raw);
  if (claim.service !== signedService(request)) throw notSigned();
  calls.identify(response, {
    caller,
    context: circumstancesOf(request, claim, caller),
    accessKeyId: claim.accessKeyId,
    again: () => authenticator.again(claim),
  });
}

/** A call of which no signature says whose it is: anybody's where callers sign, root's where they need not. */
function describeUnsigned(
  calls: Calls,
  { request, response }: { readonly request: Request; readonly response: Response },
  { auth, partition }: ApiOptions,
): void {
  const context = circumstancesOf(request, partition);
  if (auth === 'loopback') calls.trust(response, context);
  else calls.identify(response, { caller: ANONYMOUS_CALLER, context, again: () => Promise.resolve(ANONYMOUS_CALLER) });
}

/** Writes `/v1/clusters/{cluster}` in Express's form. */
const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
