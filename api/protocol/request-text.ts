/**
 * What no request may hold, whichever door and member it comes in by: text that Postgres cannot store, numbers that
 * JSON cannot write, names that JavaScript takes for something else. Refused here, no later part meets them.
 */
import { EcsError } from '../../model/errors.ts';
import { pathText } from './member-path.ts';

/** The requests of the API nest some ten levels; below members of free form there is room for more. */
const MAX_DEPTH = 64;
/** In unicode mode the halves of a surrogate pair match only where the other half is missing. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

const refuse = (message: string): EcsError => new EcsError('SerializationException', message);

/** Throws SerializationException when a request's JSON holds what cannot be kept, and names the member. */
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

/** The same for the path and query of a request's URL; broken percent-encoding is refused, too. */
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

/** JavaScript's objects have this name for something else: a member of that name would be lost. */
function checkName(name: string, what: () => string): void {
  checkText(name, what);
  if (name === '__proto__') throw refuse(`${what()} is __proto__, which cannot be stored.`);
}
