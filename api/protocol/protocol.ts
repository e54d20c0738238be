/** The protocols that requests come in, which decide how their answers look. */

export type Protocol =
  | { readonly kind: 'json'; readonly version: '1.0' | '1.1' }
  /** AWS Query: a form in, XML out. Answers name the service's XML namespace. */
  | { readonly kind: 'query'; readonly namespace: string }
  /** The XML of EC2's own variant of Query, which only its errors need here. */
  | { readonly kind: 'ec2' }
  | { readonly kind: 'cbor' }
  | { readonly kind: 'rest' };

export const AWS_JSON: Protocol = { kind: 'json', version: '1.1' };
export const REST: Protocol = { kind: 'rest' };

const CONTENT_TYPES = {
  query: 'text/xml;charset=UTF-8',
  ec2: 'text/xml;charset=UTF-8',
  cbor: 'application/cbor',
  rest: 'application/json',
} as const;

export const contentTypeOf = (protocol: Protocol): string =>
  protocol.kind === 'json' ? `application/x-amz-json-${protocol.version}` : CONTENT_TYPES[protocol.kind];
