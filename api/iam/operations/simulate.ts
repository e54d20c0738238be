/** The policy simulator: SimulatePrincipalPolicy and SimulateCustomPolicy. */
import type {
  SimulateCustomPolicyRequest,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import { type ParsedIamArn, parseIamArn } from '../../../model/iam/arn.ts';
import type { EntityKind } from '../../../model/iam/entity.ts';
import { invalidInput, noSuchHolder } from '../../../model/iam/refusals.ts';
import type { AppliedPolicy, HolderPolicies } from '../../../store/contract/iam.ts';
import type { PageRequest } from '../../../store/contract/page.ts';
import { MalformedPolicyDocument } from '../../auth/policy/malformed.ts';
import { type Principal, principalKeys } from '../../auth/policy/principals.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { pageOf } from '../pages.ts';
import { readContextEntries } from '../simulation/context-entries.ts';
import { type SimulatedPolicy, type Simulation, type Simulator, simulator } from '../simulation/simulate.ts';

/** Of no account and without a name: no condition key says who asks. */
const NOBODY: Principal = { kind: 'web-identity', arn: '' };

const simulateCustomPolicy: Operation<SimulateCustomPolicyRequest, SimulatePolicyResponse> = {
  name: 'SimulateCustomPolicy',
  effect: 'reads',
  async handle(input, context) {
    const principal = input.CallerArn === undefined ? NOBODY : await callerOf(input.CallerArn, context);
    return answer('SimulateCustomPolicy', input, {
      principal,
      identity: inputPolicies(input.PolicyInputList),
      now: context.now,
    });
  },
};

/** Policies in the request come on top of those of the user, group or role; a boundary in the request replaces its own. */
const simulatePrincipalPolicy: Operation<SimulatePrincipalPolicyRequest, SimulatePolicyResponse> = {
  name: 'SimulatePrincipalPolicy',
  effect: 'reads',
  async handle(input, context) {
    const holder = await holderOf(input.PolicySourceArn ?? '', ['user', 'group', 'role'], context);
    const { CallerArn: caller } = input;
    const principal = caller === undefined ? principalOf(holder, context) : await callerOf(caller, context);
    const identity = [...holder.policies.map(simulatedPolicy), ...inputPolicies(input.PolicyInputList)];
    const { boundary } = holder;
    return answer('SimulatePrincipalPolicy', input, {
      principal,
      identity,
      ...(boundary === undefined ? {} : { boundary: simulatedBoundary(boundary) }),
      now: context.now,
    });
  },
};

export const simulations: readonly Operation[] = [simulateCustomPolicy, simulatePrincipalPolicy];

type SimulationInput = Omit<SimulateCustomPolicyRequest, 'PolicyInputList'>;

/** Adds what both requests may contain, and simulates. */
async function answer(
  operation: string,
  input: SimulationInput,
  simulation: Omit<Simulation, 'context' | 'resource'>,
): Promise<SimulatePolicyResponse> {
  const { principal } = simulation;
  const given = readContextEntries(input.ContextEntries, Object.keys(principalKeys(principal)));
  const [boundary, ...more] = inputPolicies(
    input.PermissionsBoundaryPolicyInputList,
    'PermissionsBoundaryPolicyInputList',
  );
  if (more.length > 0) throw invalidInput('There is at most one permissions boundary.');
  const { ResourcePolicy: document } = input;
  if (document !== undefined && principal === NOBODY) {
    throw invalidInput('CallerArn is required with a ResourcePolicy unless the PolicySourceArn is that of a user.');
  }
  const resource = document === undefined ? undefined : { id: 'ResourcePolicy', type: 'resource' as const, document };
  const { pairs, decide } = prepare({ ...simulation, ...given, ...defined({ boundary, resource }) }, input);
  const { Marker: _marker, MaxItems: _maxItems, ...asked } = input;
  const list = [operation, JSON.stringify(Object.entries(asked).sort())];
  const { items, paging } = await pageOf(list, input, (page) => Promise.resolve(pairsOf(pairs, page)));
  return { EvaluationResults: items.map(({ action, resource }) => decide(action, resource)), ...paging };
}

interface Pairs {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** One page of each action on each resource, in that order: all of them may be millions. */
function pairsOf({ actions, resources }: Pairs, { limit, after }: PageRequest) {
  const start = after === undefined ? 0 : Number(after) + 1;
  const end = Math.min(start + limit, actions.length * resources.length);
  const items = Array.from({ length: Math.max(end - start, 0) }, (_, i) => ({
    action: actions[Math.floor((start + i) / resources.length)] ?? '',
    resource: resources[(start + i) % resources.length] ?? '',
  }));
  return { items, ...(end < actions.length * resources.length ? { next: String(end - 1) } : {}) };
}

function prepare(
  simulation: Simulation,
  { ActionNames, ResourceArns }: SimulationInput,
): { readonly pairs: Pairs; readonly decide: Simulator } {
  const actions = ActionNames ?? [];
  const resources = ResourceArns === undefined || ResourceArns.length === 0 ? ['*'] : ResourceArns;
  const action = actions.find((name) => !/^[\w-]+:\w+$/.test(name));
  if (action !== undefined) throw invalidInput(`Invalid Entity Action: ${action}`);
  const arn = resources.find((name) => name !== '*' && !/^arn:[\w-]+:[\w-]+:[^:]*:[^:]*:.+$/.test(name));
  if (arn !== undefined) throw invalidArn(arn);
  try {
    return { pairs: { actions, resources }, decide: simulator(simulation) };
  } catch (error) {
    if (error instanceof MalformedPolicyDocument) throw invalidInput(error.message);
    throw error;
  }
}

const invalidArn = (arn: string) =>
  invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);

const inputPolicies = (documents: readonly string[] = [], member = 'PolicyInputList'): readonly SimulatedPolicy[] =>
  documents.map((document, index) => ({ id: `${member}.${index + 1}`, type: 'none', document }));

const SOURCE_TYPES = { local: 'user-managed', aws: 'aws-managed' } as const;

/** IAM names inline policies in this way: `user_alice_run-tasks`. */
const simulatedPolicy = ({ source, holder, name, document }: AppliedPolicy): SimulatedPolicy =>
  source === 'inline'
    ? { id: `${holder.kind}_${holder.name}_${name}`, type: holder.kind, document }
    : { id: name, type: SOURCE_TYPES[source], document };

const simulatedBoundary = ({ arn, document }: NonNullable<HolderPolicies['boundary']>): SimulatedPolicy => {
  const { account, name } = parseIamArn(arn) ?? { account: '', name: arn };
  return { id: name, type: account === 'aws' ? 'aws-managed' : 'user-managed', document };
};

/** The user, group or role with an ARN. Throws InvalidInput and NoSuchEntity. */
async function holderOf(
  arn: string,
  kinds: readonly EntityKind[],
  { store, partition }: OperationContext,
): Promise<HolderPolicies> {
  const { account, type, name } = parseHolder(arn);
  const kind = kinds.find((each) => each === type);
  if (kind === undefined) throw invalidArn(arn);
  const holder = account === partition.account ? await store.policiesOf({ kind, name }) : undefined;
  if (holder?.arn !== arn) throw noSuchHolder(kind, name);
  return holder;
}

function parseHolder(arn: string): ParsedIamArn {
  const parsed = parseIamArn(arn);
  if (parsed === undefined) throw invalidArn(arn);
  return parsed;
}

const callerOf = async (arn: string, context: OperationContext): Promise<Principal> =>
  principalOf(await holderOf(arn, ['user'], context), context);

/** Who would ask: the user; a session of the role; for a group nobody in particular. */
function principalOf({ kind, name, arn, id, tags }: HolderPolicies, { partition }: OperationContext): Principal {
  const { account } = partition;
  const shared = { account, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) };
  switch (kind) {
    case 'group':
      return NOBODY;
    case 'user':
      return { kind, arn, userId: id, ...shared };
    case 'role': {
      const session = 'simulation';
      const sessionArn = `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
      return { kind: 'assumed-role', arn: sessionArn, roleArn: arn, userId: `${id}:${session}`, ...shared };
    }
  }
}
