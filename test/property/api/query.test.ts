/** AWS Query held to the SDK's own clients: what they write is read as they meant it, and they read what is written. */
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { HttpResponse } from '@smithy/core/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../../api/protocol/catalogue.ts';
import { queryAnswer } from '../../../api/protocol/query-answer.ts';
import { membersOf, parseForm } from '../../../api/protocol/query-request.ts';
import type { Shape, StructureShape } from '../../../api/protocol/shapes.ts';
import { validateRequest } from '../../../api/protocol/validate-request.ts';
import { validationRefusals } from '../../../api/protocol/validation-errors.ts';

/** Text that forms and XML must escape; no characters that XML cannot hold. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', '0', ' ', '+', '%', '&', '=', '<', '>', '"', "'", '.', '/', 'é', '😀') }),
  fc.constantFrom('member', '{"Version":"2012-10-17"}', 'a\r\nb', '\u2028'),
);

function fitting(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return shape.values === undefined ? text : fc.constantFrom(...shape.values);
    case 'integer':
      return fc.integer();
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map(wholeSecond);
    case 'blob':
      return fc.uint8Array({ maxLength: 9 });
    case 'document':
      return fc.constant({});
    case 'list':
      return fc.array(fitting(shape.element, depth + 1), { maxLength: depth > 5 ? 0 : 3 });
    case 'map':
      return fc.dictionary(text, fitting(shape.value, depth + 1), { maxKeys: 3, noNullPrototype: true });
    case 'structure':
      return structure(shape, depth);
  }
}

const wholeSecond = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);

/** A form cannot hold a structure without members inside another value. */
const structure = ({ members }: StructureShape, depth = 0): fc.Arbitrary<unknown> =>
  fc
    .record(Object.fromEntries(members.map(({ name, shape }) => [name, fitting(shape, depth + 1)])), {
      requiredKeys: members.filter(({ required }) => required).map(({ name }) => name),
    })
    .filter((value) => depth === 0 || Object.keys(value).length > 0);

type Send = (command: unknown) => Promise<Record<string, unknown>>;

/** A client whose requests are answered by `answer`, which gets their body. */
function clientOf(Client: typeof sts.STSClient | typeof iam.IAMClient, answer: (body: string) => string): Send {
  const client = new Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      handle: ({ body }: { readonly body: string }) =>
        Promise.resolve({
          response: new HttpResponse({ statusCode: 200, headers: {}, body: Buffer.from(answer(body)) }),
        }),
    } as never,
  });
  return client.send.bind(client) as unknown as Send;
}

describe.each([
  ['STS', sts, sts.STSClient, ['AssumeRole', 'GetCallerIdentity', 'GetSessionToken', 'AssumeRoleWithWebIdentity']],
  ['IAM', iam, iam.IAMClient, ['CreateRole', 'TagUser', 'SimulatePrincipalPolicy', 'ListUsers', 'DeleteUser']],
] as const)('%s', (_service, sdk, Client, operations) => {
  const catalogue = new Catalogue(sdk);

  it.each(operations)('%s reads and writes as its client does', async (operation) => {
    const shapes = catalogue.shapesOf(operation)!;
    const Command = (sdk as unknown as Record<string, new (input: unknown) => unknown>)[`${operation}Command`]!;
    await fc.assert(
      fc.asyncProperty(structure(shapes.input), structure(shapes.output), async (input, output) => {
        let read: unknown;
        const send = clientOf(Client, (body) => {
          read = validateRequest(shapes, membersOf(parseForm(body), shapes.input), validationRefusals);
          return queryAnswer({ operation, shape: shapes.output, output }, { namespace: 'urn:n', requestId: 'r' });
        });
        const { $metadata, ...answer } = await send(new Command(input));
        expect(read).toEqual(input);
        expect($metadata).toMatchObject({ httpStatusCode: 200 });
        expect(withoutEmpty(answer)).toEqual(withoutEmpty(output));
      }),
      { numRuns: 60 },
    );
  });
});

/** XML does not tell an empty list or structure from an absent one. */
function withoutEmpty(value: unknown): unknown {
  if (value instanceof Date || value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutEmpty);
  const members = Object.entries(value).map(([name, member]) => [name, withoutEmpty(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)));
}

const isEmpty = (value: unknown): boolean =>
  value === '' ||
  value === undefined ||
  (typeof value === 'object' && value !== null && !(value instanceof Date) && Object.keys(value).length === 0);
