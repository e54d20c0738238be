/** Makes a digest of a request's parameters: equal for equal parameters, whatever the order of their members. */
import { createHash } from 'node:crypto';

/** The text of a plain JSON object, with its members sorted and undefined ones left out. */
export const canonicalJson = (value: object): string =>
  JSON.stringify(value, (_name, inner: unknown) => (isPlainObject(inner) ? sortMembers(inner) : inner));

/** SHA-256 of the canonical text, in hex. */
export const digestOf = (parameters: object): string =>
  createHash('sha256').update(canonicalJson(parameters)).digest('hex');

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sortMembers = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
