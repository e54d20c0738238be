/**
 * Finds members of a request that the pinned SDK does not know: newer ones of ECS's, or typing mistakes. What they ask
 * for would not happen, so they are refused by name. As in ECS, members that only an answer has are ignored: a client
 * that registers again what DescribeTaskDefinition showed also sends `revision` and `status`.
 */
import type { OperationShapes } from './catalogue.ts';
import { pathText } from './member-path.ts';
import type { Shape, StructureShape } from './shapes.ts';

/**
 * Operations whose requests may contain members of their answers. An operation that looks up or deletes has no use for
 * these.
 */
const TAKES_ITS_ANSWER = /^(?:Create|Put|Register|Run|Start|Update)/;
/** A member that some AWS JSON clients write into every structure: the name of its type. */
const TYPE_NAME = '__type';

type Path = readonly PropertyKey[];

/** The members, as paths, of a request of valid shape that nothing reads. */
export const unknownMembers = (operation: OperationShapes, body: object): readonly string[] =>
  membersOf(operation.input, body, { answered: answeredResource(operation), path: [] });

const resources = new Map<OperationShapes, StructureShape | undefined>();

/** The structure that an operation answers with if it creates or changes one, such as TaskDefinition. */
function answeredResource(operation: OperationShapes): StructureShape | undefined {
  const { name, input, output } = operation;
  if (!TAKES_ITS_ANSWER.test(name)) return undefined;
  if (!resources.has(operation)) {
    // Tags and attributes also come back, beside the resource; `service` is a name in the request and a structure in
    // the answer.
    const sent = input.members.filter(({ shape }) => structureIn(shape) !== undefined).map((member) => member.name);
    const beside = new Set([...sent, 'failures']);
    const candidates = output.members.filter((member) => !beside.has(member.name));
    resources.set(
      operation,
      candidates.map(({ shape }) => structureIn(shape)).find((shape) => shape !== undefined),
    );
  }
  return resources.get(operation);
}

const structureIn = (shape: Shape): StructureShape | undefined => {
  if (shape.kind === 'list') return structureIn(shape.element);
  return shape.kind === 'structure' ? shape : undefined;
};

interface Place {
  /** The answer's shape at this place. */
  readonly answered: Shape | undefined;
  readonly path: Path;
}

function unknownIn(shape: Shape, value: unknown, { answered, path }: Place): readonly string[] {
  if (value === null || value === undefined) return [];
  if (shape.kind === 'list') {
    const element = answered?.kind === 'list' ? answered.element : undefined;
    return (value as readonly unknown[]).flatMap((item, index) =>
      unknownIn(shape.element, item, { answered: element, path: [...path, index] }),
    );
  }
  if (shape.kind === 'map') {
    return Object.entries(value).flatMap(([key, member]) =>
      unknownIn(shape.value, member, { answered: undefined, path: [...path, key] }),
    );
  }
  return shape.kind === 'structure' ? membersOf(shape, value, { answered, path }) : [];
}

function membersOf(shape: StructureShape, value: object, { answered, path }: Place): readonly string[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const known = memberOf(shape, name);
    const shown = memberOf(answered, name);
    const here = [...path, name];
    if (known !== undefined) return unknownIn(known, member, { answered: shown, path: here });
    return shown !== undefined || name === TYPE_NAME || asksNothing(member) ? [] : [pathText(here)];
  });
}

const memberOf = (shape: Shape | undefined, name: string): Shape | undefined =>
  shape?.kind === 'structure' ? shape.members.find((member) => member.name === name)?.shape : undefined;

/** Clients also write absent members in these ways. */
const asksNothing = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);
