/**
 * Policy documents in AWS's JSON form. A document is read and compiled once, and then decides many requests. Whatever has no
 * meaning here is refused: unknown elements, unknown operators, and values that their operator cannot take.
 */
import { parseDocument, refuseUnknown } from './elements.ts';
import { MalformedPolicyDocument, syntaxError } from './malformed.ts';
import type { DocumentKind, Statement } from './statement.ts';
import { readStatement } from './statement.ts';

export interface Policy {
  /** The name or ARN by which verdicts refer to the policy. */
  readonly name: string;
  /** The statements that say something about an action, whose name is in lower case. */
  readonly about: (action: string) => readonly Statement[];
  /** A statement as it is written, by the id that verdicts give; undefined if there is none. */
  readonly written: (statement: string) => unknown;
}

const LATEST = '2012-10-17';
const EARLIER = '2008-10-17';

/**
 * Reads the JSON text of a policy. Throws MalformedPolicyDocument. Sizes are not looked at: their limits differ by what the
 * policy is attached to.
 */
export function readPolicy(kind: DocumentKind, name: string, text: string): Policy {
  const document = parseDocument(text);
  refuseUnknown(document, ['Version', 'Id', 'Statement'], 'The document');
  const version = document['Version'] ?? EARLIER;
  if (version !== LATEST && version !== EARLIER) throw syntaxError(`Version must be ${LATEST} or ${EARLIER}.`);
  if (kind === 'managed' && version !== LATEST) {
    throw new MalformedPolicyDocument(`Policy document must be version ${LATEST} or greater.`);
  }
  if (document['Id'] !== undefined && typeof document['Id'] !== 'string') throw syntaxError('Id must be a text.');
  const given: readonly unknown[] = [document['Statement'] ?? []].flat();
  if (given.length === 0) throw syntaxError('The document must have a statement.');
  const variables = version === LATEST;
  const statements = given.map((each, i) => readStatement(each, { kind, number: i + 1, variables }));
  refuseRepeatedIds(statements);
  const written = (id: string): unknown => given[statements.findIndex((statement) => statement.id === id)];
  return { name, about: rememberedByAction(statements), written };
}

/** Callers ask about some hundred actions. A simulation may ask about any text, which must not fill the memory. */
const MOST_REMEMBERED = 500;

/** Few statements are about one action, and a policy is asked about the same actions all day. */
function rememberedByAction(statements: readonly Statement[]): Policy['about'] {
  const remembered = new Map<string, readonly Statement[]>();
  return (action) => {
    let about = remembered.get(action);
    if (about === undefined) {
      about = statements.filter((statement) => statement.matchesAction(action));
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(action, about);
    }
    return about;
  };
}

function refuseRepeatedIds(statements: readonly Statement[]): void {
  const ids = new Set(statements.map(({ id }) => id));
  if (ids.size < statements.length) {
    throw new MalformedPolicyDocument('Statement IDs (SID) in a single policy must be unique.');
  }
}

/**
 * Whether the policies may look at a key of which the name begins with one of these, such as `aws:ResourceTag/`, to decide
 * about an action. A caller then has to read what it would not read otherwise.
 */
export function lookAt(policies: readonly Policy[], action: string, prefixes: readonly string[]): boolean {
  const [name, wanted] = [action.toLowerCase(), prefixes.map((prefix) => prefix.toLowerCase())];
  const isWanted = (key: string): boolean => wanted.some((prefix) => key.startsWith(prefix));
  return policies.some(({ about }) => about(name).some(({ keys }) => [...keys].some(isWanted)));
}
