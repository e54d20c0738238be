/** `why call`: who called what, and which statement decided, for each kind of verdict. The caller itself learns no statement. */
import { CreateClusterCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, it } from 'vitest';
import { signedHeaders } from '../../../cli/signed-headers.ts';
import type { Judgement } from '../../../model/audit.ts';
import { aPolicy, policyArn } from '../../store/resources/iam/records.ts';
import { withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import { allowing, type Credentials, policy, signedCallers, trusting } from '../support/signed-callers.ts';

const api = withApi({ auth: 'required' });
const { userWith, keyOf, roleWith, settings } = signedCallers(api);
const CLUSTERS = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/*`;
const DENY = { Sid: 'NoClusters', Effect: 'Deny', Action: 'ecs:CreateCluster', Resource: '*' };

interface Explained {
  readonly requestId: string;
  readonly headline: string;
  readonly details: readonly string[];
  readonly judgements: readonly Judgement[];
}

let root: Credentials;
let explainer: Credentials;
beforeAll(async () => {
  root = await keyOf(undefined);
  explainer = await userWith(allowing('longshore:Explain'));
});

async function why(id: string, credentials = explainer): Promise<{ status: number; body: Explained }> {
  const url = `${api().url}/v1/why/call/${id}`;
  const headers = await signedHeaders(url, { headers: {}, credentials, region: 'us-east-1' });
  const response = await fetch(url, { headers });
  return { status: response.status, body: (await response.json()) as Explained };
}

/** Calls and returns what an operator learns of it, and what the caller learned. */
async function explain(call: Promise<unknown>): Promise<Explained & { readonly message: string }> {
  const ended = (await call.catch((error: unknown) => error)) as {
    readonly message?: string;
    readonly $metadata: { readonly requestId?: string };
  };
  const { body } = await why(ended.$metadata.requestId!);
  return { ...body, message: ended.message ?? '' };
}
const createCluster = (credentials: Credentials, clusterName = 'x') =>
  new ECSClient(settings(credentials)).send(new CreateClusterCommand({ clusterName }));
const assume = (credentials: Credentials, role: string, more: object = {}) =>
  new STSClient(settings(credentials)).send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'deploy', ...more }),
  );

async function sessionOf(role: string, more: object = {}): Promise<Credentials> {
  const { Credentials: given } = await assume(await userWith(allowing('sts:AssumeRole')), role, more);
  return {
    ...{ accessKeyId: given!.AccessKeyId!, secretAccessKey: given!.SecretAccessKey! },
    sessionToken: given!.SessionToken!,
  };
}
const anyoneHere = trusting(`arn:aws:iam::${ACCOUNT}:root`);

describe('why call', () => {
  it('names the statement that allowed a change', async () => {
    const user = await userWith(allowing('ecs:Describe*'), allowing('ecs:CreateCluster', CLUSTERS));
    const { headline, details, judgements } = await explain(createCluster(user));
    expect(headline).toBe(
      `arn:aws:iam::${ACCOUNT}:user/${user.name} called CreateCluster of ecs from 127.0.0.1. It was carried out.`,
    );
    const statement = allowing('ecs:CreateCluster', CLUSTERS);
    expect(judgements).toEqual([
      {
        ...{ action: 'ecs:CreateCluster', resource: CLUSTERS.replace('*', 'x'), decision: 'allowed' },
        by: { kind: 'identity', policy: `user/${user.name}/inline`, statement: '#2', text: statement },
      },
    ]);
    expect(details).toEqual([
      `ecs:CreateCluster on ${CLUSTERS.replace('*', 'x')} is allowed by statement #2 of the inline policy inline of user ${user.name}: ${JSON.stringify(statement)}`,
    ]);
  });

  it('names the statement that denied, which the caller does not see', async () => {
    const user = await userWith(allowing('*'), DENY);
    const { headline, details, message } = await explain(createCluster(user));
    expect(headline).toContain('It was refused with AccessDeniedException.');
    expect(details[1]).toContain(
      `is denied by statement NoClusters of the inline policy inline of user ${user.name}: ${JSON.stringify(DENY)}`,
    );
    expect(message).toContain('explicit deny');
    expect(message).not.toContain('NoClusters');
  });

  it('says that nothing allowed it, which policies were looked at, and which statements did not apply', async () => {
    const user = await userWith(
      allowing('ecs:CreateCluster', CLUSTERS.replace('*', 'other')),
      allowing('ecs:ListTasks'),
    );
    const arn = policyArn('reads');
    await api().store.createPolicy(aPolicy('reads', policy(allowing('iam:Get*'))));
    await api().store.attachPolicy({ kind: 'user', name: user.name }, arn);
    const { details, judgements } = await explain(createCluster(user));
    expect(judgements[0]).toMatchObject({ decision: 'implicitDeny', missing: 'identity' });
    expect(details[1]).toBe(
      [
        `ecs:CreateCluster on ${CLUSTERS.replace('*', 'x')} is denied, because no statement of an identity-based policy allows it.`,
        `Looked at: the inline policy inline of user ${user.name} (its statement #1 does not apply, because of its Resource);`,
        `the managed policy ${arn} (is not about the action).`,
      ].join(' '),
    );
  });

  it('names the permissions boundary that does not allow it', async () => {
    const user = await userWith(allowing('ecs:*'));
    await api().store.createPolicy(aPolicy('bound', policy(allowing('ecs:List*'))));
    await api().store.putBoundary({ kind: 'user', name: user.name }, policyArn('bound'));
    const { details } = await explain(createCluster(user));
    expect(details[1]).toContain('no statement of the permissions boundary allows it');
    expect(details[1]).toContain(policyArn('bound'));
  });

  it('says that there is no policy at all', async () => {
    const { details } = await explain(createCluster(await userWith()));
    expect(details[1]).toMatch(/no statement of an identity-based policy allows it\. There is none\.$/);
  });

  it('names the policy of a session that does not allow it', async () => {
    const role = await roleWith({ trust: [anyoneHere], may: [allowing('ecs:*')] });
    const session = await sessionOf(role, { Policy: policy(allowing('ecs:ListClusters')) });
    const { headline, judgements } = await explain(createCluster(session));
    expect(headline).toContain(':assumed-role/');
    expect(judgements[0]).toMatchObject({
      decision: 'implicitDeny',
      missing: 'session',
      lookedAt: [{ statements: [] }],
    });
  });

  it('names the trust policy of a role that does not let the caller in', async () => {
    const user = await userWith(allowing('sts:AssumeRole'));
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:user/other`)] });
    const { headline, details, judgements } = await explain(assume(user, role));
    expect(headline).toContain('called AssumeRole of sts');
    expect(judgements[0]).toMatchObject({
      missing: 'trust',
      lookedAt: [{ policy: role.split('/')[1], statements: ['#1'], unmet: { '#1': 'Principal' } }],
    });
    expect(details[1]).toContain('the trust policy of role');
  });

  it('explains a denied read', async () => {
    const { headline } = await explain(new ECSClient(settings(await userWith())).send(new ListClustersCommand({})));
    expect(headline).toContain('called ListClusters of ecs');
  });

  it('says of root that no policy decides', async () => {
    const { details } = await explain(createCluster(root, 'of-root'));
    expect(details).toEqual([expect.stringMatching(/is allowed: root may do everything\.$/)]);
  });

  it('says of an unknown caller what was wrong', async () => {
    const { headline, details, judgements } = await explain(createCluster({ ...root, secretAccessKey: 'wrong' }));
    expect(headline).toBe(
      `Somebody unknown, with the key ${root.accessKeyId}, called CreateCluster of ecs from 127.0.0.1. It was refused with InvalidSignatureException.`,
    );
    expect(details).toEqual([expect.stringContaining('does not match the signature')]);
    expect(judgements).toEqual([]);
  });

  it('takes the beginning of an id, and says what is not there', async () => {
    const { requestId } = await explain(createCluster(root, 'short'));
    expect((await why(requestId.slice(0, 8))).body.requestId).toBe(requestId);
    expect((await why('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    for (const id of ['0', 'web', 'not-hexadecimal']) expect((await why(id)).status).toBe(400);
  });

  it('is not for the caller who was denied', async () => {
    const user = await userWith(allowing('*'), DENY, { ...allowing('longshore:Explain'), Effect: 'Deny' });
    const { requestId } = await explain(createCluster(user));
    const { status, body } = await why(requestId, user);
    expect(status).toBe(403);
    expect(JSON.stringify(body)).not.toContain('NoClusters');
  });
});
