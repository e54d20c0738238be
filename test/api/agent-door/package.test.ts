/** The agent package through the agent door: fetched whole by an agent, and in hostile hands nothing but that one file. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AgentCredentials } from '../../../agent/identity/credentials.ts';
import { connectDoor } from '../../../agent/door.ts';
import { fetchPackage } from '../../../agent/update/fetch-package.ts';
import { AGENT_DOOR_NAME, agentDoorPath } from '../../../model/agent-door.ts';
import {
  type AgentPackage,
  DESCRIBE_AGENT_PACKAGE,
  PIECE_BYTES,
  READ_AGENT_PACKAGE,
} from '../../../model/agent-package.ts';
import { ownPlatform } from '../../../tools/agent-package/build.ts';
import { AgentPackageFile } from '../../../tools/agent-package/package-file.ts';
import { type DoorCaller, type TestAgent, withDoorStage } from '../../support/door-stage.ts';
import { smallTree } from '../../unit/agent/update/small-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'longshore-door-package-'));
// Two whole pieces and a part: what is random cannot be packed smaller.
const tree = smallTree(join(folder, 'tree'), '1.1.0');
writeFileSync(join(tree, 'node_modules', 'tsx', 'native.node'), randomBytes(2 * PIECE_BYTES + 1_000));
const packages = new AgentPackageFile({
  folder: join(folder, 'served'),
  logger: { info: () => undefined },
  root: tree,
});
const stage = withDoorStage({ packages });
const platform = ownPlatform();

let agent: TestAgent;
let described: AgentPackage;
beforeAll(async () => {
  agent = await stage().join();
  described = (await agent.call(DESCRIBE_AGENT_PACKAGE, { platform })) as AgentPackage;
});
afterAll(async () => {
  await packages.close();
  rmSync(folder, { recursive: true, force: true });
});

const read = (by: DoorCaller, request: object): Promise<unknown> => by.call(READ_AGENT_PACKAGE, request);

it('is fetched whole by an agent', async () => {
  const other = await stage().join();
  const expiresAt = Date.now() + 60_000;
  const { tls, containerInstanceId, clusterName } = other;
  const kept = { ...{ address: stage().address, containerInstanceId, clusterName, expiresAt, issuedAt: 0 }, ...tls };
  const control = connectDoor(
    new AgentCredentials(folder, { ...kept, certificate: tls.cert } as never),
    pino({ level: 'silent' }),
  );
  const file = join(folder, 'fetched');
  await fetchPackage(control.packages!, { target: described, platform, file });
  expect(readFileSync(file)).toHaveLength(described.sizeBytes);
  await control.close();
});

describe('refuses', () => {
  const away = { sha256: 'f'.repeat(64), offset: 0 };
  it.each<[string, () => object]>([
    ['another file', () => away],
    ['a path', () => ({ sha256: '../../agent/identity.json', offset: 0 })],
    ['an offset beyond the end', () => ({ sha256: described.sha256, offset: described.sizeBytes })],
    ['a negative offset', () => ({ sha256: described.sha256, offset: -1 })],
    ['half an offset', () => ({ sha256: described.sha256, offset: 0.5 })],
    ['an offset that is no number', () => ({ sha256: described.sha256, offset: '0' })],
    ['no offset', () => ({ sha256: described.sha256 })],
  ])('%s', async (_what, request) => {
    await expect(read(agent, request())).rejects.toMatchObject({ name: 'DoorRefusal' });
  });

  it.each(['../linux-x64', 'sunos-sparc', '', 'linux'])('the platform %j', async (other) => {
    await expect(agent.call(DESCRIBE_AGENT_PACKAGE, { platform: other })).rejects.toMatchObject({
      name: 'DoorRefusal',
    });
  });

  it('a token to join', async () => {
    const joining = stage().caller(await stage().token());
    const forbidden = { name: 'DoorRefusal', message: expect.stringContaining('not for joining') as string };
    await expect(joining.call(DESCRIBE_AGENT_PACKAGE, { platform })).rejects.toMatchObject(forbidden);
    await expect(read(joining, { sha256: described.sha256, offset: 0 })).rejects.toMatchObject(forbidden);
  });
});

it('gives one agent few pieces at a time, however many it asks for and however slowly it reads', async () => {
  const greedy = await stage().join();
  const { cert, key, authority } = greedy.tls;
  const session: ClientHttp2Session = connect(`https://${stage().address}`, {
    ...{ cert, key, ca: authority, servername: AGENT_DOOR_NAME },
    // What it does not read stays at the door.
    settings: { initialWindowSize: 0 },
  });
  session.on('error', () => undefined);
  const body = Buffer.from(JSON.stringify({ sha256: described.sha256, offset: 0 }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  const statuses: (string | undefined)[] = [];
  for (let i = 0; i < 10; i += 1) {
    const stream = session.request({
      ...{
        ':method': 'POST',
        ':path': agentDoorPath(READ_AGENT_PACKAGE),
        'content-type': 'application/grpc',
        te: 'trailers',
      },
    });
    stream.on('response', (headers) => statuses.push(headers['grpc-status'] as string | undefined));
    stream.on('error', () => undefined);
    stream.end(Buffer.concat([head, body]));
  }
  await vi.waitFor(() => expect(statuses).toHaveLength(10), { timeout: 30_000 });
  // 8: RESOURCE_EXHAUSTED. The two others have begun, so their status is still to come.
  expect(statuses.filter((status) => status === '8')).toHaveLength(8);
  expect(statuses.filter((status) => status === undefined)).toHaveLength(2);
  // The others have theirs.
  await expect(read(agent, { sha256: described.sha256, offset: 0 })).resolves.toHaveProperty('data');
  session.destroy();
  await vi.waitFor(() => read(greedy, { sha256: described.sha256, offset: 0 }), { timeout: 30_000 });
});
