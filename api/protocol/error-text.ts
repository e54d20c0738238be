/** Writes an error as each protocol's clients read it. */
import { cbor } from '@smithy/core/cbor';
import type { WireError } from './errors.ts';
import type { Protocol } from './protocol.ts';
import { ec2Error, queryError } from './query-answer.ts';

export function errorText(error: WireError, protocol: Protocol, requestId: string): string | Uint8Array {
  switch (protocol.kind) {
    case 'query':
      return queryError({ ...error, requestId }, protocol.namespace);
    case 'ec2':
      return ec2Error({ ...error, requestId });
    case 'cbor':
      return cbor.serialize(bodyOf(error));
    case 'json':
    case 'rest':
      return JSON.stringify(bodyOf(error));
  }
}

const bodyOf = ({ members, code, message }: WireError): Readonly<Record<string, unknown>> => ({
  ...members,
  __type: code,
  message,
});
