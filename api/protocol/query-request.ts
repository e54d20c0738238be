/** Reads the form of an AWS Query request into the members that its operation's shape describes. */
import { AwsError } from '../../model/errors.ts';
import type { Shape, StructureShape } from './shapes.ts';

/** The parameters of a form by name, such as `Tags.member.1.Key`. */
export type Form = ReadonlyMap<string, string>;

/** A form's parameters as a tree: the parts of their names between dots are its branches. */
type Branch = Map<string, Branch | string>;

const malformed = (message: string): AwsError => new AwsError('MalformedQueryString', message, {}, 400);

/** Parses a form's text. Throws MalformedQueryString for broken percent-encoding and for repeated names. */
export function parseForm(text: string): Form {
  const form = new Map<string, string>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
    const decoded = decode(name);
    if (form.has(decoded)) throw malformed(`${parameter(decoded)} appears twice.`);
    form.set(decoded, decode(value.join('=')));
  }
  return form;
}

/** What names no member may be a body of another form, which may hold secrets. */
const NAME = /^[\w.-]{1,200}$/;
const parameter = (name: string): string => (NAME.test(name) ? `The parameter ${name}` : 'A parameter');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed('The form is not percent-encoded UTF-8.');
  }
}

/** Says which operation and version are called, and how the request is signed: no members of the operation's own. */
const ENVELOPE = /^(?:Action|Version|AWSAccessKeyId|X-Amz-.+)$/i;

/** The form's members as JSON would have them. Members that the shape does not have are kept, for their refusal. */
export function membersOf(form: Form, shape: StructureShape): Readonly<Record<string, unknown>> {
  const root: Branch = new Map();
  for (const [name, value] of form) if (!ENVELOPE.test(name)) plant(root, { name, value });
  return structureOf(shape, root);
}

function plant(root: Branch, { name, value }: { readonly name: string; readonly value: string }): void {
  const parts = name.split('.');
  const leaf = parts.pop() ?? '';
  let branch = root;
  for (const part of parts) {
    const next = branch.get(part) ?? new Map<string, Branch | string>();
    if (typeof next === 'string') throw malformed(`${parameter(name)} contradicts another one.`);
    branch.set(part, next);
    branch = next;
  }
  if (branch.has(leaf)) throw malformed(`${parameter(name)} contradicts another one.`);
  branch.set(leaf, value);
}

function structureOf(shape: StructureShape, branch: Branch): Readonly<Record<string, unknown>> {
  const shapes = new Map(shape.members.map((member) => [member.name, member.shape]));
  return Object.fromEntries(
    [...branch].map(([name, node]) => {
      const member = shapes.get(name);
      return [name, member === undefined ? plain(node) : valueOf(member, node)];
    }),
  );
}

/** What the shape does not know, only for its name in the refusal. */
const plain = (node: Branch | string): unknown => (typeof node === 'string' ? node : {});

function valueOf(shape: Shape, node: Branch | string): unknown {
  switch (shape.kind) {
    case 'structure':
      return typeof node === 'string' ? node : structureOf(shape, node);
    case 'list':
      // A list without elements is sent as `Name=`.
      return node === '' ? [] : elementsOf(node, 'member').map((element) => valueOf(shape.element, element));
    case 'map':
      return Object.fromEntries(elementsOf(node, 'entry').map((entry) => entryOf(shape.value, entry)));
    case 'boolean':
      return node === 'true' ? true : node === 'false' ? false : node;
    case 'double':
      return typeof node === 'string' && node.trim() !== '' && !Number.isNaN(Number(node)) ? Number(node) : node;
    case 'string':
    case 'integer':
    case 'timestamp':
    case 'blob':
    case 'document':
      return typeof node === 'string' ? node : {};
  }
}

/** The nodes of `Name.member.1`, `Name.member.2` …, in the order of their numbers. */
function elementsOf(node: Branch | string, under: 'member' | 'entry'): readonly (Branch | string)[] {
  const numbered = typeof node === 'string' ? undefined : node.get(under);
  if (numbered === undefined || typeof numbered === 'string') {
    throw malformed(`A list or map is written as Name.${under}.1, Name.${under}.2 and so on.`);
  }
  const entries = [...numbered].map(([index, element]) => {
    if (!/^[1-9]\d{0,5}$/.test(index)) throw malformed(`${index} is not the number of a list's element.`);
    return { index: Number(index), element };
  });
  return entries.sort((a, b) => a.index - b.index).map(({ element }) => element);
}

function entryOf(shape: Shape, entry: Branch | string): [string, unknown] {
  const key = typeof entry === 'string' ? undefined : entry.get('key');
  const value = typeof entry === 'string' ? undefined : entry.get('value');
  if (typeof key !== 'string' || value === undefined) throw malformed('An entry of a map has a key and a value.');
  return [key, valueOf(shape, value)];
}
