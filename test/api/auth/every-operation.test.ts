/**
 * Every operation of every door and every route, with each kind of credentials, over each protocol. The requests are made from
 * the catalogues and the OpenAPI document, so a new operation is in the table by itself.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ecsDoor } from '../../../api/ecs/door.ts';
import { openApiDocument } from '../../../api/rest/openapi.ts';
import { DOORS } from '../../../api/server.ts';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import { ecsArnOf, type LeastRequest, requestsOf, restRequests } from '../support/least-requests.ts';
import { allowing, type Credentials, signedCallers, trusting } from '../support/signed-callers.ts';
import { type Answer, send, signedBy } from '../support/signing.ts';

const api = withApi({ auth: 'required' });
const { userWith, roleWith } = signedCallers(api);

const PROTOCOLS = {
  'AWS JSON': DOORS.filter(({ protocol }) => protocol.kind === 'json').flatMap(requestsOf),
  Query: DOORS.filter(({ protocol }) => protocol.kind === 'query').flatMap(requestsOf),
  REST: restRequests(ecsDoor),
};
type Protocol = keyof typeof PROTOCOLS;

/** Whoever has a token needs no signature; what a caller may ask about itself, no policy forbids. */
const UNSIGNED: ReadonlySet<string> = new Set(['AssumeRoleWithWebIdentity']);
const FREE: ReadonlySet<string> = new Set([...UNSIGNED, 'GetCallerIdentity', 'GetSessionToken']);

let allowed: Credentials;
let denied: Credentials;
let expired: Credentials;
beforeAll(async () => {
  await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)] });
  allowed = await userWith(allowing('*'));
  denied = await userWith(allowing('*'), { ...allowing('*'), Effect: 'Deny' });
  const user = await userWith(allowing('*'));
  const { id } = await api().store.getUser(user.name);
  const of = { kind: 'user', name: user.name, id } as const;
  expired = TEST_SECRETS.tokens.issue(of, { now: Date.now() - 1_000_000, seconds: 900 });
});

type Send = (request: LeastRequest) => Promise<Answer>;
const url = (): string => api().url;
const as =
  (credentials: () => Credentials, at = () => Date.now()): Send =>
  async (request) =>
    send(await signedBy(request, credentials(), { url: url(), at: at() }), url());

/** A changed body; what has none gets another query. */
const changed: Send = async (request) => {
  const signed = await signedBy(request, allowed, { url: url() });
  const { body } = signed;
  return send(
    body === undefined ? { ...signed, query: { ...signed.query, a: 'b' } } : { ...signed, body: `${body} ` },
    url(),
  );
};

interface Case {
  readonly send: Send;
  /** The error's code over AWS JSON and REST, and over Query. */
  readonly codes: readonly [string, string];
  /** Operations for which the case is no reason to refuse. */
  readonly except?: ReadonlySet<string>;
}

const MISMATCH = ['InvalidSignatureException', 'SignatureDoesNotMatch'] as const;
const REFUSED: Readonly<Record<string, Case>> = {
  'no credentials': {
    send: (request) => send(request, url()),
    codes: ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
    except: UNSIGNED,
  },
  'an unknown key': {
    send: as(() => ({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' })),
    codes: ['UnrecognizedClientException', 'InvalidClientTokenId'],
  },
  'a wrong secret': { send: as(() => ({ ...allowed, secretAccessKey: 'wrong' })), codes: MISMATCH },
  'an expired token': { send: as(() => expired), codes: ['ExpiredTokenException', 'ExpiredToken'] },
  'a skewed clock': {
    send: as(
      () => allowed,
      () => Date.now() - 600_000,
    ),
    codes: MISMATCH,
  },
  'a changed body': { send: changed, codes: MISMATCH },
  'a policy that denies': {
    send: as(() => denied),
    codes: ['AccessDeniedException', 'AccessDenied'],
    except: FREE,
  },
};
const CODES: ReadonlySet<string | undefined> = new Set(Object.values(REFUSED).flatMap(({ codes }) => codes));

const AT_ONCE = 16;

/** What is wrong with the answers, each in a line. */
async function faults(
  requests: readonly LeastRequest[],
  sent: Send,
  faultOf: (answer: Answer, request: LeastRequest) => boolean,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let i = 0; i < requests.length; i += AT_ONCE) {
    await Promise.all(
      requests.slice(i, i + AT_ONCE).map(async (request) => {
        const answer = await sent(request);
        if (faultOf(answer, request)) found.push(`${request.name}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }),
    );
  }
  return found;
}

describe.each(Object.entries(PROTOCOLS) as [Protocol, readonly LeastRequest[]][])('over %s', (protocol, requests) => {
  it.each(Object.entries(REFUSED))('every operation refuses %s', async (what, { send: sent, codes, except }) => {
    const code = codes[protocol === 'Query' ? 1 : 0];
    const status = what === 'a policy that denies' && protocol === 'AWS JSON' ? 400 : 403;
    const isExcept = ({ operation }: LeastRequest): boolean => except?.has(operation ?? '') === true;
    const wrong = await faults(requests, sent, (answer, request) =>
      isExcept(request)
        ? CODES.has(answer.code) || answer.status >= 500
        : answer.code !== code || answer.status !== status,
    );
    expect(wrong).toEqual([]);
  });

  it('every operation lets who is allowed through, and answers or refuses', async () => {
    const wrong = await faults(
      requests,
      as(() => allowed),
      ({ status, code }) => CODES.has(code) || status === 500,
    );
    expect(wrong).toEqual([]);
  });
});

it('has all operations and routes', () => {
  const operations = DOORS.flatMap((door) => [...door.operations.keys()]);
  const called = [...PROTOCOLS['AWS JSON'], ...PROTOCOLS.Query].map(({ operation = '' }) => operation);
  expect(called.toSorted()).toEqual(operations.toSorted());
  expect(PROTOCOLS.REST.length).toBeGreaterThan(60);
});

type Schema = Readonly<Record<string, unknown>>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}
interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

describe('requests made from the OpenAPI document, of a user with few rights', () => {
  const document = openApiDocument() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const text = fc.oneof(fc.constantFrom('default', 'x', 'web:1', ecsArnOf('cluster/default'), '*'), fc.string());
  const inPath = text.filter((each) => !/^\.{0,2}$/.test(each));

  /** Mostly what the schema has. */
  function valueOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
    const { $ref, type, items, properties, required = [], ...more } = schema;
    if (typeof $ref === 'string') return valueOf(document.components.schemas[$ref.split('/').at(-1)!]!, depth);
    if (Array.isArray(more['enum'])) return fc.constantFrom(...(more['enum'] as unknown[]));
    if (type === 'integer' || type === 'number') return fc.integer({ min: -1, max: 10 });
    if (type === 'boolean') return fc.boolean();
    if (type === 'array') {
      return depth > 4 ? fc.constant([]) : fc.array(valueOf(items as Schema, depth + 1), { maxLength: 2 });
    }
    if (properties === undefined || depth > 4) return type === 'object' ? fc.constant({}) : text;
    const members = Object.entries(properties as Record<string, Schema>);
    return fc.record(Object.fromEntries(members.map(([name, member]) => [name, valueOf(member, depth + 1)])), {
      requiredKeys: required as string[],
    });
  }

  const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

  const requestOf = (method: string, path: string, { parameters = [], requestBody }: Described) => {
    const of = (place: string) => parameters.filter((parameter) => parameter.in === place);
    const query = Object.fromEntries(of('query').map(({ name, schema = {} }) => [name, valueOf(schema).map(plain)]));
    const schema = requestBody?.content['application/json']?.schema;
    return fc.record({
      ...{ service: fc.constant('ecs'), method: fc.constant(method.toUpperCase()) },
      headers: fc.constant(schema === undefined ? {} : { 'content-type': 'application/json' }),
      path: fc
        .tuple(...of('path').map(() => inPath))
        .map((values) =>
          values.reduce((filled, each) => filled.replace(/\{\w+\}/, () => encodeURIComponent(each)), path),
        ),
      query: fc.record(query, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>,
      ...(schema === undefined ? {} : { body: valueOf(schema).map((value) => JSON.stringify(value)) }),
    });
  };

  it('change and show nothing that is not allowed, and never fail', async () => {
    const may = allowing('ecs:DescribeClusters', ecsArnOf('cluster/default'));
    const user = await userWith(allowing('ecs:ListClusters'), may);
    const isAllowed = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'GET' &&
      ['/v1/clusters', '/v1/clusters/default'].includes(decodeURIComponent(path).replace(ecsArnOf('cluster/'), ''));
    const before = api().gateway.commands.length;
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, described] of Object.entries(methods)) {
        const check = fc.asyncProperty(requestOf(method, path, described), async (request) => {
          const { status, code, text: body } = await send(await signedBy(request, user, { url: url() }), url());
          expect(status, `${request.method} ${request.path} ${body}`).toBeLessThan(600);
          expect([500, 503].includes(status), `${request.method} ${request.path} ${body}`).toBe(false);
          if (status < 300) expect(isAllowed(request), `${request.method} ${request.path}`).toBe(true);
          else expect(code).toBeDefined();
        });
        await fc.assert(check, { numRuns: 5, endOnFailure: true });
      }
    }
    expect(api().gateway.commands).toHaveLength(before);
    expect((await api().store.listClusters({ limit: 10 })).items).toContain('default');
  });
});
