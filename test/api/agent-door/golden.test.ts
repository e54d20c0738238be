/** What agents of earlier protocols send is still taken, and the answers still have what they read. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { aTask, anInstanceRecord } from '../../../fixtures/records.ts';
import { AGENT_PROTOCOL } from '../../../model/agent-protocol.ts';
import { REGISTER_INSTANCE } from '../../../model/agent-calls.ts';
import { type AgentPackageSource, DESCRIBE_AGENT_PACKAGE, READ_AGENT_PACKAGE } from '../../../model/agent-package.ts';
import { type TestAgent, withDoorStage } from '../../support/door-stage.ts';

interface Golden {
  readonly calls: readonly { readonly name: string; readonly request: object; readonly answer: object }[];
}

/** Of which the messages of protocol 2 speak. */
const PACKAGE = { version: '1.1.0', hash: 'def', sizeBytes: 4, sha256: 'a'.repeat(64) };
const packages: AgentPackageSource = {
  describe: () => Promise.resolve(PACKAGE),
  read: ({ offset }) => Promise.resolve(Buffer.of(1, 2, 3, 4).subarray(offset)),
};
const stage = withDoorStage({ packages });
let agent: TestAgent;
beforeAll(async () => {
  agent = await stage().join();
  const { containerInstanceId } = agent;
  await stage().store.recordInstance(anInstanceRecord({ id: containerInstanceId }));
  const held = { containerInstanceId, ownerWorkflowId: 'service/default/web' };
  await stage().store.reserveTasks({
    clusterName: 'default',
    tasks: [aTask({ taskId: '0123456789abcdef0123456789abcdef', ...held })],
  });
});

const textOf = (protocol: number): string =>
  readFileSync(new URL(`./golden/protocol-${protocol}.json`, import.meta.url), 'utf8');
const golden = (protocol: number): Golden['calls'] => (JSON.parse(textOf(protocol)) as Golden).calls;

const OF_PACKAGES: ReadonlySet<string> = new Set([DESCRIBE_AGENT_PACKAGE, READ_AGENT_PACKAGE]);

describe('an agent of the protocol before', () => {
  it.each(golden(2))('$name', async ({ name, request, answer }) => {
    const own = JSON.parse(JSON.stringify(request).replaceAll('{instance}', agent.containerInstanceId)) as object;
    expect(await agent.call(name, own)).toMatchObject(answer);
    if (OF_PACKAGES.has(name)) return;
    // Nothing of it was left out on the way.
    const heard = JSON.stringify(stage().heard.at(-1)?.args);
    for (const value of Object.values(own)) if (typeof value === 'string') expect(heard).toContain(value);
  });
});

describe('an agent of protocol 1', () => {
  it.each(golden(1))('$name', async ({ name, request, answer }) => {
    const own = JSON.parse(JSON.stringify(request).replaceAll('{instance}', agent.containerInstanceId)) as object;
    // It learns what to do, and its reports arrive until somebody does it.
    if (name === REGISTER_INSTANCE)
      await expect(agent.call(name, own)).rejects.toThrow(/protocol 1, .* it is too old\. Install/);
    else expect(await agent.call(name, own)).toMatchObject(answer);
  });
});

describe('the protocol', () => {
  const [{ request }] = golden(1) as [Golden['calls'][number]];
  const register = (protocol?: number): Promise<unknown> =>
    agent.call(REGISTER_INSTANCE, {
      ...(JSON.parse(JSON.stringify(request).replaceAll('{instance}', agent.containerInstanceId)) as object),
      ...(protocol === undefined ? {} : { protocol }),
    });

  it.each([AGENT_PROTOCOL - 1, AGENT_PROTOCOL, AGENT_PROTOCOL + 1])('%s is spoken', async (protocol) => {
    expect(await register(protocol)).toMatchObject({ protocol: AGENT_PROTOCOL });
  });

  it('of two versions later is refused with what to do', async () => {
    const refused = register(AGENT_PROTOCOL + 2);
    await expect(refused).rejects.toMatchObject({
      name: 'DoorRefusal',
      message: `This agent speaks protocol ${AGENT_PROTOCOL + 2}, and the control plane ${AGENT_PROTOCOL}: it is too new. Upgrade the control plane first, or install its version on this host.`,
    });
  });
});
