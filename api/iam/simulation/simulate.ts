/** What policies decide about actions on resources, in the form of IAM's policy simulator. */
import type { EvaluationResult, PolicySourceType, Statement } from '@aws-sdk/client-iam';
import type { ContextValues } from '../../auth/policy/context.ts';
import { decide, type Decider, type Verdict } from '../../auth/policy/decide.ts';
import { type Policy, readPolicy } from '../../auth/policy/document.ts';
import type { Principal } from '../../auth/policy/principals.ts';
import { principalKeys } from '../../auth/policy/principals.ts';

/** A policy, and how the simulator names it where a statement of it decided. */
export interface SimulatedPolicy {
  readonly id: string;
  readonly type: PolicySourceType;
  readonly document: string;
}

export interface Simulation {
  readonly principal: Principal;
  readonly identity: readonly SimulatedPolicy[];
  readonly boundary?: SimulatedPolicy;
  /** The policy of the resource. */
  readonly resource?: SimulatedPolicy;
  /** Condition keys beyond those that the principal and the time give. */
  readonly context: ContextValues;
  readonly now: number;
}

/** A simulation with its documents read, to be asked about many actions. */
interface Compiled extends Omit<Simulation, 'identity' | 'boundary' | 'resource'> {
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  readonly resource?: Policy;
  /** Each policy by the name under which the decision refers to it. */
  readonly sources: ReadonlyMap<string, SimulatedPolicy>;
  /** Names of condition keys that have a value, in lower case. */
  readonly known: ReadonlySet<string>;
}

/** Says what the policies decide about an action on a resource. */
export type Simulator = (action: string, resource: string) => EvaluationResult;

/** Throws MalformedPolicyDocument. */
export function simulator(simulation: Simulation): Simulator {
  const compiled = compile(simulation);
  return (action, resource) => resultOf(compiled, action, resource);
}

const TIME_KEYS = ['aws:currenttime', 'aws:epochtime'];

function compile({ identity, boundary, resource, ...rest }: Simulation): Compiled {
  const sources = new Map<string, SimulatedPolicy>();
  const read = (kind: 'inline' | 'resource', policy: SimulatedPolicy): Policy => {
    const name = String(sources.size);
    sources.set(name, policy);
    return readPolicy(kind, name, policy.document);
  };
  const given = [rest.context, principalKeys(rest.principal)].flatMap((values) => Object.keys(values));
  return {
    ...rest,
    identity: identity.map((policy) => read('inline', policy)),
    ...(boundary === undefined ? {} : { boundary: read('inline', boundary) }),
    ...(resource === undefined ? {} : { resource: read('resource', resource) }),
    sources,
    known: new Set([...TIME_KEYS, ...given.map((key) => key.toLowerCase())]),
  };
}

function resultOf(compiled: Compiled, action: string, resource: string): EvaluationResult {
  const { principal, context, now, identity, boundary } = compiled;
  const request = { principal, action, resource, context, now };
  const ofResource = compiled.resource && { type: 'resource' as const, policy: compiled.resource };
  const verdict = decide(request, {
    identity,
    ...(boundary === undefined ? {} : { boundary }),
    ...(ofResource === undefined ? {} : { resource: ofResource }),
  });
  const MatchedStatements = matchedIn(compiled, verdict);
  const MissingContextValues = missingFor(compiled, action);
  const within = boundary && decide(request, { identity: [boundary] }).decision === 'allowed';
  const bounded =
    within === undefined ? {} : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: within } };
  const result = {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: verdict.decision,
    MatchedStatements,
    ...bounded,
  };
  // As in IAM, a result about a certain resource has its missing keys beside that resource.
  if (resource === '*') return { ...result, MissingContextValues };
  const specific = {
    EvalResourceName: resource,
    EvalResourceDecision: verdict.decision,
    MatchedStatements,
    ...bounded,
  };
  return { ...result, MissingContextValues: [], ResourceSpecificResults: [{ ...specific, MissingContextValues }] };
}

/** The statement that decided; none where no policy allows the action. */
function matchedIn({ sources }: Compiled, verdict: Verdict): Statement[] {
  const by: Decider | undefined = verdict.decision === 'implicitDeny' ? undefined : verdict.by;
  const source = by && sources.get(by.policy);
  return source === undefined ? [] : [{ SourcePolicyId: source.id, SourcePolicyType: source.type }];
}

/** The condition keys that statements about the action look at and that have no value. */
function missingFor({ identity, boundary, resource, known }: Compiled, action: string): string[] {
  const name = action.toLowerCase();
  const policies = [...identity, ...[boundary, resource].filter((policy) => policy !== undefined)];
  const keys = policies
    .flatMap(({ about }) => about(name))
    .flatMap((statement) => [...statement.keys])
    .filter((key) => !known.has(key));
  return [...new Set(keys)].sort();
}
