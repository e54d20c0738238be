/** The words for a call and what decided about it. Pure. */
import {
  type AuditEvent,
  type AuditRecord,
  auditUserName,
  type Judgement,
  type LookedAt,
  type PolicyKind,
} from '../../model/audit.ts';

export interface CallWords {
  readonly headline: string;
  readonly details: readonly string[];
}

export function callWords({ event, judgements = [] }: AuditRecord): CallWords {
  const { userIdentity, eventName, eventSource, sourceIPAddress, errorCode, errorMessage } = event;
  const [service = eventSource] = eventSource.split('.');
  const who = userIdentity.arn ?? namedCaller(userIdentity) ?? unknownCaller(userIdentity.accessKeyId);
  const end = errorCode === undefined ? 'It was carried out.' : `It was refused with ${errorCode}.`;
  const details = [...(errorMessage === undefined ? [] : [errorMessage]), ...judgements.map(judgementWords)];
  const isUnjudgedRoot = userIdentity.type === 'Root' && judgements.length === 0;
  return {
    headline: `${who} called ${eventName} of ${service} from ${sourceIPAddress}. ${end}`,
    details: isUnjudgedRoot ? [...details, 'No policy was asked: root may do everything.'] : details,
  };
}

function namedCaller(identity: AuditEvent['userIdentity']): string | undefined {
  const name = auditUserName(identity);
  return identity.type === 'JoinToken' && name !== undefined ? `The join token ${name}` : name;
}

const unknownCaller = (key: string | undefined): string =>
  key === undefined ? 'Somebody unknown' : `Somebody unknown, with the key ${key},`;

function judgementWords({ action, resource, decision, by, missing, lookedAt = [] }: Judgement): string {
  const subject = `${action} on ${resource}`;
  if (missing !== undefined) {
    const looked =
      lookedAt.length === 0
        ? missing === 'trust'
          ? 'There is no such role.'
          : 'There is none.'
        : `Looked at: ${lookedAt.map((at) => lookedWords(missing, at)).join('; ')}.`;
    return `${subject} is denied, because no statement of ${KINDS[missing]} allows it. ${looked}`;
  }
  if (by === undefined) return `${subject} is allowed: root may do everything.`;
  const said = decision === 'allowed' ? 'allowed' : 'denied';
  const text = by.text === undefined ? '' : `: ${JSON.stringify(by.text)}`;
  return `${subject} is ${said} by statement ${by.statement} of ${policyWords(by.kind, by.policy)}${text}`;
}

const KINDS: Readonly<Record<PolicyKind, string>> = {
  identity: 'an identity-based policy',
  boundary: 'the permissions boundary',
  session: 'a session policy',
  trust: "the role's trust policy",
  resource: "the resource's policy",
};

function lookedWords(kind: PolicyKind, { policy, statements, unmet = {} }: LookedAt): string {
  const about = statements.length === 0 ? 'is not about the action' : statementsWords(statements, unmet);
  return `${policyWords(kind, policy)} (${about})`;
}

function statementsWords(ids: readonly string[], unmet: NonNullable<LookedAt['unmet']>): string {
  const [only = '', ...more] = ids;
  if (more.length === 0) {
    const element = unmet[only];
    return `its statement ${only} does not apply${element === undefined ? '' : `, because of its ${element}`}`;
  }
  const each = ids.map((id) => (unmet[id] === undefined ? id : `${id}, because of its ${unmet[id]}`));
  return `its statements do not apply: ${each.join('; ')}`;
}

function policyWords(kind: PolicyKind, policy: string): string {
  switch (kind) {
    case 'identity': {
      if (policy.startsWith('arn:')) return `the managed policy ${policy}`;
      const [holder = '', name = '', ...rest] = policy.split('/');
      return `the inline policy ${rest.join('/')} of ${holder} ${name}`;
    }
    case 'boundary':
      return `the permissions boundary ${policy}`;
    case 'session':
      return `the session policy ${policy}`;
    case 'trust':
      return `the trust policy of role ${policy}`;
    case 'resource':
      return `the policy of ${policy}`;
  }
}
