/** The agent door in hostile hands: whoever steals an agent's certificate gains that one instance's tasks and nothing else. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { Client, credentials, status } from '@grpc/grpc-js';
import proto from '@temporalio/proto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ExtendedKeyUsage, issuePair, makeAuthority, periodOf } from '../../../certificates/issue.ts';
import { aRegistration, aTask, anInstanceRecord, newId } from '../../../fixtures/records.ts';
import { callWords } from '../../../api/why/call-words.ts';
import { newKeys, requestFor } from '../../../certificates/keys.ts';
import { AGENT_PROTOCOL } from '../../../model/agent-protocol.ts';
import { containerInstanceArn } from '../../../model/arn.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { AGENT_DOOR_NAME, agentDoorPath } from '../../../model/agent-door.ts';
import { AVAILABILITY_ZONE_ATTRIBUTE, instanceTaskQueue } from '../../../model/container-instance.ts';
import type { TaskReport } from '../../../model/task.ts';
import { type DoorCaller, type DoorStage, type TestAgent, withDoorStage } from '../../support/door-stage.ts';
import { order } from './orders.ts';

const stage = withDoorStage();
const NAMESPACE = 'longshore';

let mine: TestAgent;
let foreign: TestAgent;
beforeAll(async () => {
  [mine, foreign] = await Promise.all([stage().join(), stage().join()]);
});

const codeOf = (error: unknown): status => (error as { readonly code: status }).code;

const denied = { code: status.PERMISSION_DENIED };
const pollOf = (agent: TestAgent) => ({
  namespace: NAMESPACE,
  taskQueue: { name: instanceTaskQueue(agent.containerInstanceId) },
});

interface Polled {
  readonly taskToken: Uint8Array;
}

/** Orders the agent something and polls it. */
async function takeTask(agent: TestAgent, by: DoorCaller = agent) {
  const ordered = await order(stage().temporal, agent.containerInstanceId);
  const { taskToken } = await by.temporal<Polled>('PollActivityTaskQueue', pollOf(agent));
  expect(taskToken.length).toBeGreaterThan(0);
  return { ordered, taskToken };
}

describe('a connection', () => {
  const call = (caller: DoorCaller) => caller.temporal('GetSystemInfo', {});
  const pairOf = (
    authority: Awaited<ReturnType<typeof makeAuthority>>,
    usage = ExtendedKeyUsage.clientAuth,
    ms = 60_000,
  ) =>
    issuePair(authority, {
      commonName: mine.containerInstanceId,
      names: [`longshore:agent/default/${mine.containerInstanceId}`],
      usage,
      period: periodOf(ms),
    });

  it('needs a certificate', async () => {
    const client = new Client(stage().address, credentials.createSsl(Buffer.from(mine.tls.authority)), {
      'grpc.ssl_target_name_override': AGENT_DOOR_NAME,
    });
    const same = (bytes: Buffer): Buffer => bytes;
    const answer = new Promise((resolve, reject) => {
      const done = (error: Error | null): void => (error === null ? resolve(undefined) : reject(error));
      client.makeUnaryRequest(agentDoorPath('IsRegistered'), same, same, Buffer.from('{}'), done);
    });
    await expect(answer).rejects.toMatchObject({ code: status.UNAVAILABLE });
    client.close();
  });

  /** HTTP/2 without gRPC, with the agent's certificate. */
  const http2Of = async (agent: TestAgent): Promise<ClientHttp2Session> => {
    const { cert, key, authority } = agent.tls;
    const session = connect(`https://${stage().address}`, { cert, key, ca: authority, servername: AGENT_DOOR_NAME });
    session.on('error', () => undefined);
    await once(session, 'connect');
    return session;
  };

  it('may end in any way, and the door goes on', async () => {
    const reset = await http2Of(foreign);
    const stream = reset.request({ ':method': 'GET', ':path': '/' });
    stream.on('error', () => undefined);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    const gone = await http2Of(foreign);
    gone.goaway(constants.NGHTTP2_INTERNAL_ERROR);
    const quiet = await http2Of(foreign);
    quiet.goaway(constants.NGHTTP2_NO_ERROR);
    await expect(call(mine)).resolves.toBeDefined();
    for (const session of [reset, gone, quiet]) session.destroy();
  });

  it('is answered when it ends without a message', async () => {
    const session = await http2Of(mine);
    const path = agentDoorPath('IsRegistered');
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc' };
    const [answer] = (await once(session.request(headers, { endStream: true }), 'response')) as [IncomingHttpHeaders];
    expect(answer['grpc-status']).toBe(String(status.INVALID_ARGUMENT));
    session.destroy();
  });

  it('needs a certificate of Longshore’s authority, whatever it says', async () => {
    const pair = await pairOf(await makeAuthority('Longshore agents', periodOf(60_000)));
    await expect(call(stage().caller({ ...pair, authority: mine.tls.authority }))).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
  });

  it('takes no certificate of a server for an agent’s', async () => {
    const pair = await stage().authority.issueServer([]);
    await expect(call(stage().caller({ ...pair, authority: mine.tls.authority }))).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
  });
});

describe('with a token to join', () => {
  it('only joining is possible, and once', async () => {
    const joining = stage().caller(await stage().token());
    await expect(joining.temporal('PollActivityTaskQueue', pollOf(mine))).rejects.toMatchObject(denied);
    await expect(joining.temporal('GetSystemInfo', {})).rejects.toMatchObject(denied);
    await expect(joining.call('RegisterInstance', aRegistration())).rejects.toThrow(/not for joining/);
    await expect(joining.call('Renew', { certificateRequest: 'x' })).rejects.toThrow(/not for joining/);
    await expect(mine.call('Join', { certificateRequest: 'x' })).rejects.toThrow(/Join is for joining/);
  });
});

describe('of Temporal', () => {
  it('an agent may call what its worker needs, and nothing else', async () => {
    const needed = [
      'GetSystemInfo',
      'DescribeNamespace',
      'PollActivityTaskQueue',
      'RecordActivityTaskHeartbeat',
      'RespondActivityTaskCompleted',
      'RespondActivityTaskFailed',
      'RespondActivityTaskCanceled',
      'ShutdownWorker',
    ];
    const methods = Object.keys(proto.temporal.api.workflowservice.v1)
      .filter((name) => name.endsWith('Request'))
      .map((name) => name.replace(/Request$/, ''));
    expect(methods).toEqual(expect.arrayContaining([...needed, 'StartWorkflowExecution', 'QueryWorkflow']));
    const allowed: string[] = [];
    for (const method of methods.filter((name) => !needed.includes(name))) {
      const answer = mine.raw(`/temporal.api.workflowservice.v1.WorkflowService/${method}`, Buffer.alloc(0));
      const code = await answer.then(() => status.OK, codeOf);
      if (code !== status.PERMISSION_DENIED) allowed.push(method);
    }
    expect(allowed).toEqual([]);
    await expect(
      mine.raw('/temporal.api.operatorservice.v1.OperatorService/ListSearchAttributes', Buffer.alloc(0)),
    ).rejects.toMatchObject(denied);
    await expect(mine.temporal('GetSystemInfo', {})).resolves.toHaveProperty('capabilities');
  });

  it('an agent learns what its namespace can do, not its name', async () => {
    const answer = await mine.temporal('DescribeNamespace', { namespace: NAMESPACE });
    expect(answer).toMatchObject({ namespaceInfo: { name: NAMESPACE } });
    expect(JSON.stringify(answer)).not.toContain('default');
    await expect(mine.temporal('DescribeNamespace', { namespace: 'default' })).rejects.toMatchObject(denied);
    await expect(mine.temporal('DescribeNamespace', { id: newId() })).rejects.toMatchObject(denied);
  });

  it.each([
    ['another instance’s queue', () => pollOf(foreign)],
    [
      'a queue that begins like its own',
      () => ({ ...pollOf(mine), taskQueue: { name: `${pollOf(mine).taskQueue.name}/x` } }),
    ],
    ['the control plane’s queue', () => ({ ...pollOf(mine), taskQueue: { name: 'longshore' } })],
    ['no queue', () => ({ namespace: NAMESPACE })],
    [
      'a sticky queue',
      () => ({ ...pollOf(mine), taskQueue: { ...pollOf(mine).taskQueue, kind: 2, normalName: 'longshore' } }),
    ],
    ['another namespace', () => ({ ...pollOf(mine), namespace: 'default' })],
    ['no namespace', () => ({ taskQueue: pollOf(mine).taskQueue })],
  ])('an agent cannot poll %s', async (_name, request) => {
    await expect(mine.temporal('PollActivityTaskQueue', request())).rejects.toMatchObject(denied);
  });

  it('an agent cannot end another’s worker, or one with a sticky queue', async () => {
    const request = { namespace: NAMESPACE, taskQueue: pollOf(foreign).taskQueue.name };
    await expect(mine.temporal('ShutdownWorker', request)).rejects.toMatchObject(denied);
    await expect(
      mine.temporal('ShutdownWorker', { namespace: NAMESPACE, stickyTaskQueue: 'longshore' }),
    ).rejects.toMatchObject(denied);
  });

  it('a refusal is logged with the agent’s name, and a flood of them is not', async () => {
    const agent = await stage().join();
    const calls = Array.from({ length: 40 }, () =>
      agent.temporal('SignalWorkflowExecution', {}).catch(() => undefined),
    );
    await Promise.all(calls);
    const lines = stage().log.filter(({ containerInstanceId }) => containerInstanceId === agent.containerInstanceId);
    expect(lines[0]).toMatchObject({
      clusterName: 'default',
      operation: '/temporal.api.workflowservice.v1.WorkflowService/SignalWorkflowExecution',
      message: "An agent may not call Temporal's SignalWorkflowExecution.",
    });
    expect(lines.length).toBeLessThan(20);
  });
});

describe('a task', () => {
  const answers = [
    'RecordActivityTaskHeartbeat',
    'RespondActivityTaskCompleted',
    'RespondActivityTaskFailed',
    'RespondActivityTaskCanceled',
  ];

  it('is the agent’s that got it: nobody else heartbeats or answers', async () => {
    const { ordered, taskToken } = await takeTask(mine);
    const strip = taskToken.subarray(33);
    const signed = (key: string) =>
      Buffer.concat([taskToken.subarray(0, 1), createHmac('sha256', key).update(strip).digest(), strip]);
    const flipped = (at: number) => Buffer.from(taskToken).fill(taskToken[at]! ^ 1, at, at + 1);
    const forged = [
      strip,
      Buffer.alloc(0),
      Buffer.alloc(33),
      signed('a key'),
      flipped(0),
      flipped(5),
      flipped(taskToken.length - 1),
    ];
    for (const method of answers) {
      await expect(foreign.temporal(method, { namespace: NAMESPACE, taskToken })).rejects.toMatchObject(denied);
      for (const token of forged)
        await expect(mine.temporal(method, { namespace: NAMESPACE, taskToken: token })).rejects.toMatchObject(denied);
      await expect(mine.temporal(method, { namespace: 'default', taskToken })).rejects.toMatchObject(denied);
    }
    expect(await ordered.find('EVENT_TYPE_ACTIVITY_TASK_COMPLETED')).toBeUndefined();
    await mine.temporal('RecordActivityTaskHeartbeat', { namespace: NAMESPACE, taskToken });
    await mine.temporal('RespondActivityTaskCompleted', { namespace: NAMESPACE, taskToken });
    expect(await ordered.find('EVENT_TYPE_ACTIVITY_TASK_COMPLETED')).toBeDefined();
    // Temporal itself takes an answer once.
    await expect(
      mine.temporal('RespondActivityTaskCompleted', { namespace: NAMESPACE, taskToken }),
    ).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });

  it('is on record under the agent’s own name, whatever it calls itself', async () => {
    const ordered = await order(stage().temporal, mine.containerInstanceId);
    const { taskToken } = await mine.temporal<Polled>('PollActivityTaskQueue', { ...pollOf(mine), identity: 'root' });
    await mine.temporal('RespondActivityTaskFailed', { namespace: NAMESPACE, taskToken, identity: 'root' });
    const identity = `agent/default/${mine.containerInstanceId}`;
    expect(await ordered.find('EVENT_TYPE_ACTIVITY_TASK_STARTED')).toMatchObject({
      activityTaskStartedEventAttributes: { identity },
    });
    expect(await ordered.find('EVENT_TYPE_ACTIVITY_TASK_FAILED')).toMatchObject({
      activityTaskFailedEventAttributes: { identity },
    });
  });

  it('that one api process handed out is answered through another, but not with another master key', async () => {
    const { ordered, taskToken } = await takeTask(mine);
    const through = async (masterKey?: Buffer) => {
      const { address } = await stage().anotherDoor(masterKey && { masterKey });
      return stage().caller(mine.tls, address);
    };
    const request = { namespace: NAMESPACE, taskToken };
    await expect(
      (await through(Buffer.alloc(32, 8))).temporal('RespondActivityTaskCompleted', request),
    ).rejects.toMatchObject(denied);
    await (await through()).temporal('RespondActivityTaskCompleted', request);
    expect(await ordered.find('EVENT_TYPE_ACTIVITY_TASK_COMPLETED')).toBeDefined();
  });

  it('is not handed to a poll that its agent gave up', async () => {
    const agent = await stage().join();
    const other = stage().caller(agent.tls);
    const giving = new AbortController();
    const given = agent.temporal('PollActivityTaskQueue', pollOf(agent), giving.signal);
    await pollers(stage(), agent, 1);
    giving.abort();
    await expect(given).rejects.toMatchObject({ code: status.CANCELLED });
    // The next answer on the connection comes after the door has heard of the end.
    await agent.temporal('GetSystemInfo', {});
    await takeTask(agent, other);
  });
});

/** Waits until Temporal knows of polls of the agent. */
const pollers = async ({ temporal }: DoorStage, agent: TestAgent, count: number): Promise<void> =>
  vi.waitFor(async () => {
    const taskQueue = { name: instanceTaskQueue(agent.containerInstanceId) };
    const answer = await temporal.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue,
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    expect(answer.pollers).toHaveLength(count);
  });

describe('a registration', () => {
  const registered = () =>
    stage()
      .heard.filter(({ call }) => call === 'register')
      .map(({ args }) => args[0]);

  it('is of the certificate’s instance and cluster', async () => {
    const own = { containerInstanceId: mine.containerInstanceId, clusterName: 'default', protocol: AGENT_PROTOCOL };
    for (const other of [{ containerInstanceId: foreign.containerInstanceId }, { clusterName: 'other' }]) {
      await expect(mine.call('RegisterInstance', aRegistration({ ...own, ...other }))).rejects.toThrow(
        /certificate is that of/,
      );
    }
    expect(registered()).toEqual([]);
    await expect(mine.call('RegisterInstance', aRegistration(own))).resolves.toMatchObject({ expectedTasks: [] });
    expect(registered()).toMatchObject([own]);
  });

  it('has the zone of the token', async () => {
    const zoned = await stage().join({ availabilityZone: 'eu-1b' });
    const attributes = [
      { name: AVAILABILITY_ZONE_ATTRIBUTE, value: 'eu-1a' },
      { name: 'rack', value: 'r1' },
    ];
    const { containerInstanceId } = zoned;
    await zoned.call('RegisterInstance', aRegistration({ containerInstanceId, attributes, protocol: AGENT_PROTOCOL }));
    expect(registered().at(-1)).toMatchObject({
      attributes: [
        { name: 'rack', value: 'r1' },
        { name: AVAILABILITY_ZONE_ATTRIBUTE, value: 'eu-1b' },
      ],
    });
  });

  it('of something else is refused with what is wrong', async () => {
    await expect(mine.call('RegisterInstance', { clusterName: 3 })).rejects.toThrow(/clusterName/);
    await expect(mine.call('AnnounceAgent', {})).rejects.toThrow(/sessionId/);
    await expect(mine.raw(agentDoorPath('IsRegistered'), Buffer.from('{'))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });
});

describe('reports', () => {
  const owner = 'run-task/default/t';
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await stage().join();
  });

  async function heldBy(containerInstanceId: string, members: { ownerWorkflowId?: string } = {}): Promise<string> {
    const task = aTask({ containerInstanceId, ...members });
    await stage().store.recordInstance(anInstanceRecord({ id: containerInstanceId }));
    const { refused } = await stage().store.reserveTasks({ clusterName: 'default', tasks: [task] });
    expect(refused).toEqual([]);
    return task.taskId;
  }

  const aReport = (taskId: string, containerInstanceId = agent.containerInstanceId): TaskReport => ({
    taskId,
    containerInstanceId,
    lastStatus: 'STOPPED',
    containers: [],
  });

  const report = (ownerWorkflowId: string, ...reports: TaskReport[]) =>
    agent.call('ReportTasks', { ownerWorkflowId, reports });
  const delivered = (): string[] =>
    stage()
      .heard.filter(({ call }) => call === 'sendReports')
      .flatMap(({ args }) => (args[1] as TaskReport[]).map(({ taskId }) => taskId));

  it('of the instance’s own tasks are delivered, the rest of a batch is refused', async () => {
    const own = await heldBy(agent.containerInstanceId);
    const [others, anotherOwners] = [
      await heldBy(foreign.containerInstanceId),
      await heldBy(agent.containerInstanceId, { ownerWorkflowId: 'service/default/web' }),
    ];
    const unknown = newId();
    const answer = await report(owner, aReport(own), aReport(others), aReport(anotherOwners), aReport(unknown));
    expect(answer).toEqual({ outcome: 'delivered', refused: [others, anotherOwners] });
    expect(delivered()).toEqual([own]);
    // Neither does it help to speak in the other's name.
    await expect(report(owner, aReport(others, foreign.containerInstanceId))).resolves.toEqual({
      outcome: 'delivered',
      refused: [others],
    });
    await expect(report(owner, aReport(own, foreign.containerInstanceId))).resolves.toEqual({
      outcome: 'delivered',
      refused: [own],
    });
    expect(delivered()).toEqual([own]);
    expect(stage().log.map(({ message }) => message)).toContainEqual(expect.stringContaining(others));
  });

  it('on tasks without a record, or of an owner that is gone, have nobody to go to', async () => {
    await expect(report(owner, aReport(newId()))).resolves.toEqual({ outcome: 'gone', refused: [] });
    const ended = 'run-task/default/ended';
    stage().gone.add(ended);
    const task = await heldBy(agent.containerInstanceId, { ownerWorkflowId: ended });
    await expect(report(ended, aReport(task))).resolves.toEqual({ outcome: 'gone', refused: [] });
  });
});

describe('too much', () => {
  it('a message of more than 4 MiB is refused', async () => {
    const call = mine.raw(agentDoorPath('IsRegistered'), Buffer.alloc(5 * 1024 * 1024));
    await expect(call).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it('messages are refused beyond what the histories of workflows bear, and those of others pass', async () => {
    const greedy = await stage().join();
    const spaces = Buffer.alloc(3 * 1024 * 1024, ' ');
    const path = agentDoorPath('ReportTasks');
    await expect(greedy.raw(path, spaces)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(greedy.raw(path, spaces)).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: 'Too many bytes a second of one agent.',
    });
    await expect(mine.raw(path, spaces)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('polls at a time are refused beyond a few, and those of others wait for work meanwhile', async () => {
    const greedy = await stage().join();
    const ending = Array.from({ length: 20 }, () => new AbortController());
    const polls = ending.map(({ signal }) =>
      greedy.temporal('PollActivityTaskQueue', pollOf(greedy), signal).catch(codeOf),
    );
    const refused = await Promise.race(polls);
    expect(refused).toBe(status.RESOURCE_EXHAUSTED);
    const { taskToken } = await takeTask(mine);
    await mine.temporal('RespondActivityTaskCompleted', { namespace: NAMESPACE, taskToken });
    for (const each of ending) each.abort();
    const codes = await Promise.all(polls);
    expect(codes.filter((code) => code === status.CANCELLED)).toHaveLength(8);
  });

  it('connections of one agent are refused beyond a few', async () => {
    const agent = await stage().join();
    const callers = Array.from({ length: 12 }, () => stage().caller(agent.tls));
    const codes = await Promise.all(
      callers.map((caller) => caller.temporal('GetSystemInfo', {}).then(() => status.OK, codeOf)),
    );
    // The connection that joined may have gone or not.
    expect(codes.filter((code) => code === status.OK).length).toBeLessThanOrEqual(8);
    expect(new Set(codes)).toEqual(new Set([status.OK, status.RESOURCE_EXHAUSTED]));
  });
});

describe('a revocation', () => {
  it('cuts the agent’s open polls, and no further call is answered', async () => {
    const stolen = await stage().join();
    const poll = stolen.temporal('PollActivityTaskQueue', pollOf(stolen));
    const ended = expect(poll).rejects.toMatchObject({ code: expect.any(Number) as number });
    await pollers(stage(), stolen, 1);
    const { clusterName, containerInstanceId } = stolen;
    await stage().store.revokeAgent({ clusterName, containerInstanceId }, Date.now());
    await ended;
    await expect(stolen.temporal('GetSystemInfo', {})).rejects.toMatchObject({
      ...denied,
      details: expect.stringContaining('was revoked') as string,
    });
    await expect(stage().caller(stolen.tls).temporal('GetSystemInfo', {})).rejects.toMatchObject(denied);
    await expect(mine.temporal('GetSystemInfo', {})).resolves.toBeDefined();
  });
});

describe('what the door refuses', () => {
  const recordsOf = async (userName: string) =>
    (await stage().store.listAudit({ userName, errorsOnly: true }, { limit: 50 })).items.map(({ event }) => event);

  it('is on record: which agent, which call, and why', async () => {
    const stolen = await stage().join();
    const { containerInstanceId: id, clusterName } = stolen;
    await expect(stolen.temporal('PollActivityTaskQueue', pollOf(foreign))).rejects.toMatchObject(denied);
    await expect(stolen.raw('/evil.Service/drop-table', Buffer.alloc(0))).rejects.toMatchObject(denied);
    await expect(stolen.call('Join', { certificateRequest: '' })).rejects.toThrow();
    await expect(stolen.call('DropTable', {})).rejects.toThrow();
    await expect.poll(async () => (await recordsOf(id)).map(({ eventName }) => eventName)).toHaveLength(4);
    const [missing, joining, unknown, polling] = await recordsOf(id);
    const arn = containerInstanceArn(TEST_PARTITION, clusterName, id);
    expect(polling).toMatchObject({
      userIdentity: { type: 'ContainerInstance', principalId: id, arn, userName: id },
      ...{ eventSource: 'longshore', eventName: 'PollActivityTaskQueue', sourceIPAddress: '127.0.0.1' },
      errorCode: 'AccessDeniedException',
      errorMessage: expect.stringContaining(foreign.containerInstanceId),
      resources: [{ ARN: arn, type: 'AWS::ECS::ContainerInstance' }],
    });
    expect(unknown).toMatchObject({
      eventName: 'UnknownOperation',
      requestParameters: { path: '/evil.Service/drop-table' },
    });
    expect(joining).toMatchObject({ eventName: 'Join', errorMessage: 'Join is for joining. This agent has joined.' });
    const noCall = 'This Longshore has no call DropTable for agents.';
    expect(missing).toMatchObject({ eventName: 'DropTable', errorMessage: noCall });
    // The log leads to the record.
    const logged = stage().log.find((line) => line['requestId'] === polling!.requestID);
    expect(logged).toMatchObject({ containerInstanceId: id });
    const [record] = await stage().store.findAudit(polling!.requestID, 1);
    expect(callWords(record!).headline).toBe(
      `${arn} called PollActivityTaskQueue of longshore from 127.0.0.1. It was refused with AccessDeniedException.`,
    );
  });

  it('is on record also of a token that is used up, and of a certificate that was revoked', async () => {
    const token = await stage().token();
    const joining = stage().caller(token);
    const keys = await newKeys();
    await joining.call('Join', { certificateRequest: await requestFor(keys) });
    await expect(joining.call('Join', { certificateRequest: await requestFor(await newKeys()) })).rejects.toThrow();
    const stolen = await stage().join();
    await stage().store.revokeAgent(stolen, Date.now());
    await stage().identities.refresh();
    await expect(stage().caller(stolen.tls).temporal('GetSystemInfo', {})).rejects.toMatchObject(denied);
    const found = async () =>
      (await stage().store.listAudit({ errorsOnly: true }, { limit: 2 })).items.map(({ event }) => [
        event.userIdentity.type,
        event.eventName,
        event.errorMessage,
      ]);
    await expect.poll(found).toEqual([
      ['Unknown', 'GetSystemInfo', expect.stringContaining(`${stolen.containerInstanceId} was revoked`)],
      ['JoinToken', 'Join', expect.stringContaining('is used up')],
    ]);
  });
});
