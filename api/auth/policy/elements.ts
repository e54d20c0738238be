/** Reads the JSON of policy documents: objects, lists of texts, and names that occur twice. */
import { syntaxError } from './malformed.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `where` names the value in messages. */
export function objectAt(value: unknown, where: string): JsonObject {
  if (!isObject(value)) throw syntaxError(`${where} must be an object.`);
  return value;
}

/** A text or a list of texts. */
export function textsAt(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    if (typeof each !== 'string') throw syntaxError(`${where} must be a text or a list of texts.`);
    return each;
  });
}

/** Condition values: numbers and booleans may stand without quotes. */
export function scalarsAt(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw syntaxError(`${where} must have a value.`);
  return list.map((each) => {
    if (typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean') return String(each);
    throw syntaxError(`${where} must be a text, a number, a boolean or a list of these.`);
  });
}

/** Refuses every member that `known` does not name. */
export function refuseUnknown(object: JsonObject, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) throw syntaxError(`${where} has the unknown element '${unknown}'.`);
}

/** Parses a document. A name that occurs twice in one object is refused: JSON.parse would drop all but the last. */
export function parseDocument(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw syntaxError('The document is not JSON.');
  }
  const document = objectAt(value, 'The document');
  refuseRepeatedNames(text);
  return document;
}

/** The tokens of a text that is known to be JSON, without numbers and words. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

function refuseRepeatedNames(json: string): void {
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = JSON.parse(last) as string;
      if (open.at(-1)?.has(name)) throw syntaxError(`The element '${name}' occurs twice.`);
      open.at(-1)?.add(name);
    }
    last = token;
  }
}
