/** What the endpoint answers. */

export interface Answer {
  readonly status: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

const JSON_TYPE = ['Content-Type', 'application/json'] as const;

export const jsonAnswer = (status: number, value: unknown): Answer => ({
  status,
  headers: [JSON_TYPE],
  body: Buffer.from(JSON.stringify(value)),
});

/** An error as AWS's JSON services say it, for SDKs. */
export const serviceError = (status: number, code: string, message: string): Answer => ({
  status,
  headers: [
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['x-amzn-ErrorType', code],
  ],
  body: Buffer.from(JSON.stringify({ __type: code, message })),
});
