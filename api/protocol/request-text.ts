/**
 * Refuses what no request may contain, whatever the protocol or member: text that Postgres cannot store, numbers that
 * JSON cannot write, and names that JavaScript takes for something else. So no later code meets them.
 */
import { EcsError } from '../../model/errors.ts';
import { pathText } from './member-path.ts';

/** Requests of the API nest about ten levels deep; free-form members get some room beyond that. */
const MAX_DEPTH = 64;
/** In unicode mode, half of a surrogate pair matches only if the other half is missing. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

const refuse = (message: string): EcsError => new EcsError('SerializationException', message);

/** Throws SerializationException with the member's name if a request's JSON contains what cannot be stored. */
export function checkJson(value: unknown, path: readonly PropertyKey[] = []): void {
  if (typeof value === 'string') checkText(value, () => `${pathText(path) || 'The body'}: the text`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw refuse(`${pathText(path)}: the number is too large.`);
  if (typeof value !== 'object' || value === null) return;
  if (path.length === MAX_DEPTH) throw refuse(`The body of the request nests deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) {
    value.forEach((element, index) => checkJson(element, [...path, index]));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    checkName(name, () => `${pathText(path) || 'The body'}: the name of a member`);
    checkJson(member, [...path, name]);
  }
}

/** Checks the path and query of a request's URL in the same way, and also refuses broken percent-encoding. */
export function checkUrl(url: string): void {
  const [path = '', ...rest] = url.split('?');
  checkText(decode(path, 'The path'), () => 'The path');
  for (const parameter of rest.join('?').split('&')) {
    const [name = '', ...value] = parameter.replaceAll('+', ' ').split('=');
    const decoded = decode(name, 'The name of a query parameter');
    checkName(decoded, () => 'The name of a query parameter');
    checkText(decode(value.join('='), `Query parameter ${decoded}`), () => `Query parameter ${decoded}`);
  }
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse(`${what} is not percent-encoded UTF-8.`);
  }
}

function checkText(text: string, what: () => string): void {
  const found = UNSTORABLE.exec(text)?.[0];
  if (found === undefined) return;
  const code = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  throw refuse(`${what()} holds ${code}${found === '\0' ? '' : ', half of a surrogate pair'}, which cannot be stored.`);
}

/** In JavaScript's objects this name means something else, so a member of that name would be lost. */
function checkName(name: string, what: () => string): void {
  checkText(name, what);
  if (name === '__proto__') throw refuse(`${what()} is __proto__, which cannot be stored.`);
}
