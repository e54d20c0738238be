/**
 * Members of a request that the pinned SDK does not know: what ECS learned since, or a slip of the pen. What they ask for
 * would not happen, so they are refused by name. Ignored, as by ECS, are members that an answer has beside a request's:
 * whoever registers again what DescribeTaskDefinition showed sends `revision` and `status` along.
 */
import { EcsError, type EcsErrorCode } from '../../model/errors.ts';
import type { OperationShapes } from './catalogue.ts';
import { pathText } from './member-path.ts';
import type { Shape, StructureShape } from './shapes.ts';

/** Operations that take what they answer with; to those that look up or delete, a member of the answer says nothing. */
const TAKES_ITS_ANSWER = /^(?:Create|Put|Register|Run|Start|Update)/;
/** What some JSON clients of AWS write into every structure: the name of its type. */
const TYPE_NAME = '__type';

type Path = readonly PropertyKey[];

/** Throws `code` when a request of valid shape has members that nothing here reads, and names them. */
export function refuseUnknownMembers(operation: OperationShapes, body: object, code: EcsErrorCode): void {
  const unknown = membersOf(operation.input, body, { answered: answeredResource(operation), path: [] });
  if (unknown.length === 0) return;
  throw new EcsError(code, `Not supported by Longshore yet: ${unknown.join(', ')}. Leave it out of the request.`);
}

const resources = new Map<string, StructureShape | undefined>();

/** The structure that an operation answers with where its request makes or changes one, e.g. TaskDefinition. */
function answeredResource({ name, input, output }: OperationShapes): StructureShape | undefined {
  if (!TAKES_ITS_ANSWER.test(name)) return undefined;
  if (!resources.has(name)) {
    // Tags and attributes come back beside the resource; `service` goes in as a name and comes back as a structure.
    const sent = input.members.filter(({ shape }) => structureIn(shape) !== undefined).map((member) => member.name);
    const beside = new Set([...sent, 'failures']);
    const candidates = output.members.filter((member) => !beside.has(member.name));
    resources.set(
      name,
      candidates.map(({ shape }) => structureIn(shape)).find((shape) => shape !== undefined),
    );
  }
  return resources.get(name);
}

const structureIn = (shape: Shape): StructureShape | undefined => {
  if (shape.kind === 'list') return structureIn(shape.element);
  return shape.kind === 'structure' ? shape : undefined;
};

interface Place {
  /** What the answer has here. */
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

/** Clients write absent members in these ways, too. */
const asksNothing = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);
