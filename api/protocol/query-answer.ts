/** Writes answers and errors of AWS Query as XML. */
import type { Shape, StructureShape } from './shapes.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\r': '&#xD;',
};
/** XML 1.0 cannot hold other control characters, in any form. */

const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const text = (value: string): string =>
  value.replaceAll(UNWRITABLE, '\ufffd').replaceAll(/[<>&"\r]/g, (character) => ENTITIES[character] ?? character);

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** The answer of an operation. Members that the shape does not have are dropped; absent ones are left out. */
export function queryAnswer(
  {
    operation,
    shape,
    output,
  }: { readonly operation: string; readonly shape: StructureShape; readonly output: unknown },
  { namespace, requestId }: { readonly namespace: string; readonly requestId: string },
): string {
  // An operation whose answer has no members has no result element either.
  const result = shape.members.length === 0 ? '' : element(`${operation}Result`, structureOf(shape, output));
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  return `<${operation}Response xmlns="${namespace}">${result}${metadata}</${operation}Response>`;
}

export interface QueryError {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly fault: boolean;
}

export function queryError({ code, message, requestId, fault }: QueryError, namespace: string): string {
  const error = element(
    'Error',
    element('Type', fault ? 'Receiver' : 'Sender') + element('Code', text(code)) + element('Message', text(message)),
  );
  return `<ErrorResponse xmlns="${namespace}">${error}${element('RequestId', requestId)}</ErrorResponse>`;
}

/** An error in the words of EC2's API, whose clients read no other form. */
export const ec2Error = ({ code, message, requestId }: QueryError): string =>
  element(
    'Response',
    element('Errors', element('Error', element('Code', text(code)) + element('Message', text(message)))) +
      element('RequestID', requestId),
  );

function structureOf(shape: StructureShape, output: unknown): string {
  const members = (output ?? {}) as Readonly<Record<string, unknown>>;
  return shape.members
    .filter(({ name }) => members[name] !== undefined && members[name] !== null)
    .map(({ name, shape: member }) => element(name, valueOf(member, members[name])))
    .join('');
}

function valueOf(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'structure':
      return structureOf(shape, value);
    case 'list':
      return (value as readonly unknown[]).map((item) => element('member', valueOf(shape.element, item))).join('');
    case 'map':
      return Object.entries(value as object)
        .map(([key, item]) =>
          element('entry', element('key', text(key)) + element('value', valueOf(shape.value, item))),
        )
        .join('');
    case 'timestamp':
      return (value as Date).toISOString();
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'string':
    case 'integer':
    case 'double':
    case 'boolean':
      return text(String(value));
    case 'document':
      return text(JSON.stringify(value));
  }
}
