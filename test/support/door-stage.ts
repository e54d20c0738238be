/** The agent door over a real Temporal and a real store, with agents that joined by tokens, for tests of one file. */
import { Client as GrpcClient, credentials, type ServiceError } from '@grpc/grpc-js';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { type DoorTls, DoorClient } from '../../agent/identity/door-client.ts';
import { AgentDoorAudit } from '../../api/agent-door/audit.ts';
import { type AgentAuthority, agentAuthority } from '../../api/agent-door/authority.ts';
import { startAgentDoor, type RunningAgentDoor } from '../../api/agent-door/door.ts';
import { AgentIdentities } from '../../api/agent-door/identity.ts';
import { joinSecret } from '../../api/agent-door/join-secret.ts';
import { connectUpstream, type Upstream } from '../../api/agent-door/temporal/upstream.ts';
import { keyAsPem, newKeys, requestFor } from '../../certificates/keys.ts';
import type { InstanceControl } from '../../model/agent-calls.ts';
import type { AgentPackageSource } from '../../model/agent-package.ts';
import { AGENT_DOOR_NAME, type IssuedCertificate, JOIN } from '../../model/agent-door.ts';
import { TaskGrants, type TaskGrantsOptions } from '../../api/tasks/grants.ts';
import { sealersOf } from '../../cli/sealers.ts';
import { defined } from '../../model/defined.ts';
import type { Store } from '../../store/contract/store.ts';
import { type EmbeddedTemporal, startTemporal } from '../../tools/embedded/temporal.ts';
import { aCluster } from '../../fixtures/records.ts';
import { freePort } from '../../tools/free-port.ts';
import { readSettings } from '../../tools/settings.ts';
import { connectTemporal } from '../../tools/temporal-connection.ts';
import { startTestStore, TEST_PARTITION, type TestStore } from './store.ts';

const MASTER_KEY = Buffer.alloc(32, 7);
/** Seals secrets as the door opens them. */
export const SEALERS = sealersOf([MASTER_KEY]);
const WORKFLOW_SERVICE = '/temporal.api.workflowservice.v1.WorkflowService/';
const v1 = proto.temporal.api.workflowservice.v1 as unknown as Readonly<Record<string, Codec>>;

interface Codec {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

/** What reached the workflows behind the door. */
export interface Heard {
  readonly call: keyof InstanceControl;
  readonly args: readonly unknown[];
}

export interface DoorStage {
  readonly store: Store;
  readonly authority: AgentAuthority;
  readonly identities: AgentIdentities;
  readonly temporal: Client & { connection: Connection };
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly heard: Heard[];
  /** Owners that are gone. */
  readonly gone: Set<string>;
  /** Lines of the door's log. */
  readonly log: Readonly<Record<string, unknown>>[];
  /** The certificate of a new token. */
  token(members?: TokenMembers): Promise<DoorTls>;
  /** The URL of a new token. */
  url(): Promise<string>;
  /** A new container instance that joined. */
  join(members?: TokenMembers): Promise<TestAgent>;
  /** A caller with these certificates. */
  caller(tls: DoorTls, address?: string): DoorCaller;
  /** Another api process's door over the same database and master key. */
  anotherDoor(options?: { readonly masterKey?: Buffer }): Promise<{ readonly address: string }>;
}

export interface TokenMembers {
  readonly clusterName?: string;
  readonly availabilityZone?: string;
}

export interface TestAgent extends DoorCaller {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly tls: DoorTls;
}

/** Calls the door over a connection of its own. */
export class DoorCaller {
  readonly tls: DoorTls;
  readonly #own: DoorClient;
  readonly #grpc: GrpcClient;

  constructor(address: string, tls: DoorTls) {
    this.tls = tls;
    this.#own = new DoorClient({ address, ...tls });
    const secure = credentials.createSsl(Buffer.from(tls.authority), Buffer.from(tls.key), Buffer.from(tls.cert));
    this.#grpc = new GrpcClient(address, secure, {
      'grpc.ssl_target_name_override': AGENT_DOOR_NAME,
      // Otherwise callers with the same certificates share a connection.
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** One of Longshore's own calls. */
  call(name: string, request: object): Promise<unknown> {
    return this.#own.call(name, request);
  }

  /** One of Temporal's calls. Rejects with ServiceError; `signal` cancels it. */
  async temporal<Answer>(method: string, request: object, signal?: AbortSignal): Promise<Answer> {
    const bytes = v1[`${method}Request`]!.encode(request).finish();
    return v1[`${method}Response`]!.decode(
      await this.raw(WORKFLOW_SERVICE + method, Buffer.from(bytes), signal),
    ) as Answer;
  }

  raw(path: string, message: Buffer, signal?: AbortSignal): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: Buffer): void =>
        error === null ? resolve(answer!) : reject(error);
      const same = (bytes: Buffer): Buffer => bytes;
      const options = { deadline: Date.now() + 30_000 };
      const call = this.#grpc.makeUnaryRequest(path, same, same, message, options, done);
      signal?.addEventListener('abort', () => call.cancel());
    });
  }

  close(): void {
    this.#own.close();
    this.#grpc.close();
  }
}

export interface DoorStageOptions {
  readonly agentCertificateMs?: number;
  /** Absent: there is no agent package. */
  readonly packages?: AgentPackageSource;
  /** Answers the calls of containers. Absent: each gets 204. */
  readonly forward?: TaskGrantsOptions['forward'];
  /** Whether roles must exist. Default required. */
  readonly auth?: TaskGrantsOptions['auth'];
  /** The folder with environment files. */
  readonly environmentFiles?: string;
}

const noPackage = (): Promise<never> => Promise.reject(new Error('This door has no agent package.'));
const NO_PACKAGES: AgentPackageSource = { describe: noPackage, read: noPackage };

/** Starts the parts once, before a file's tests. Call the returned function inside tests. */
export function withDoorStage(options: DoorStageOptions = {}): () => DoorStage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await Stage.start(options);
  });
  afterAll(() => stage?.stop());
  return () => {
    if (stage === undefined) throw new Error('The door is only available inside tests.');
    return stage;
  };
}

type Behind = Pick<TaskGrantsOptions, 'forward' | 'auth' | 'environmentFiles'> & {
  readonly upstream: Upstream;
  readonly packages: AgentPackageSource;
};

class Stage implements DoorStage {
  readonly store: Store;
  readonly authority: AgentAuthority;
  readonly identities: AgentIdentities;
  readonly temporal: DoorStage['temporal'];
  readonly heard: Heard[] = [];
  readonly gone = new Set<string>();
  readonly log: Record<string, unknown>[] = [];
  address = '';
  readonly #upstream: Upstream;
  readonly #undo: (() => unknown)[];
  readonly #callers: DoorCaller[] = [];
  readonly #doors: RunningAgentDoor[] = [];
  readonly #audit: AgentDoorAudit;
  readonly #packages: AgentPackageSource;
  readonly #grants: TaskGrants;

  private constructor(
    parts: Pick<DoorStage, 'store' | 'authority' | 'temporal'>,
    { upstream, packages, ...grants }: Behind,
    undo: (() => unknown)[],
  ) {
    this.store = parts.store;
    this.authority = parts.authority;
    this.temporal = parts.temporal;
    this.#upstream = upstream;
    this.#packages = packages;
    this.#undo = undo;
    this.identities = new AgentIdentities({ store: this.store, logger: this.#logger(), everyMs: 50 });
    this.#grants = new TaskGrants({
      ...{ store: this.store, partition: TEST_PARTITION, logger: this.#logger(), audit: 'on' },
      ...SEALERS,
      ...grants,
    });
    this.#audit = new AgentDoorAudit({ store: this.store, partition: TEST_PARTITION, logger: this.#logger() });
  }

  static async start({
    packages = NO_PACKAGES,
    forward = () => Promise.resolve({ status: 204, headers: [], body: '' }),
    auth = 'required',
    environmentFiles,
    ...options
  }: DoorStageOptions): Promise<Stage> {
    const dataDir = mkdtempSync(join(tmpdir(), 'longshore-door-'));
    const port = await freePort();
    const { cacheDir } = readSettings(process.env);
    const [server, testStore]: [EmbeddedTemporal, TestStore] = await Promise.all([
      startTemporal({ dataDir, cacheDir, port, sync: 'normal' }),
      startTestStore(),
    ]);
    const { store } = testStore;
    await Promise.all(['default', 'other'].map((name) => store.createCluster(aCluster(name))));
    const [temporal, upstream, authority] = await Promise.all([
      connectTemporal(server.settings),
      connectUpstream(server.settings),
      agentAuthority(store, MASTER_KEY, options),
    ]);
    const stage = new Stage(
      { store, authority, temporal },
      { upstream, packages, forward, auth, ...defined({ environmentFiles }) },
      [
        () => upstream.close(),
        () => temporal.connection.close(),
        () => testStore.close(),
        () => server.stop(),
        () => rmSync(dataDir, { recursive: true, force: true }),
      ],
    );
    stage.address = (await stage.anotherDoor()).address;
    return stage;
  }

  async stop(): Promise<void> {
    for (const caller of this.#callers) caller.close();
    await Promise.all(this.#doors.map((door) => door.close()));
    await Promise.all([this.#audit.close(), this.#grants.close()]);
    this.identities.close();
    for (const step of this.#undo) await step();
  }

  async token(members?: TokenMembers): Promise<DoorTls> {
    const { tokenId, period } = await this.#newToken(members);
    return { ...(await this.authority.issueJoin(tokenId, period)), authority: this.authority.certificate };
  }

  async url(): Promise<string> {
    const { tokenId, period } = await this.#newToken();
    return `https://${this.address}#${await joinSecret(this.authority, tokenId, period)}`;
  }

  async #newToken({ clusterName = 'default', availabilityZone }: TokenMembers = {}) {
    const tokenId = randomBytes(8).toString('hex');
    const period = { now: Date.now(), expiresAt: Date.now() + 3_600_000 };
    const zone = availabilityZone === undefined ? {} : { availabilityZone };
    const token = { tokenId, clusterName, uses: 1, usesLeft: 1, createdBy: 'a test', ...zone };
    await this.store.createJoinToken({ ...token, createdAt: period.now, expiresAt: period.expiresAt });
    return { tokenId, period };
  }

  async join(members: TokenMembers = {}): Promise<TestAgent> {
    const joining = this.caller(await this.token(members));
    const keys = await newKeys();
    const request = { certificateRequest: await requestFor(keys) };
    const { certificate, containerInstanceId, clusterName } = (await joining.call(JOIN, request)) as IssuedCertificate;
    const authority = this.authority.certificate;
    const caller = this.caller({ cert: certificate, key: await keyAsPem(keys.privateKey), authority });
    return Object.assign(caller, { containerInstanceId, clusterName });
  }

  caller(tls: DoorTls, address = this.address): DoorCaller {
    const caller = new DoorCaller(address, tls);
    this.#callers.push(caller);
    return caller;
  }

  async anotherDoor({ masterKey = MASTER_KEY }: { readonly masterKey?: Buffer } = {}): Promise<{ address: string }> {
    const door = await startAgentDoor({
      host: '127.0.0.1',
      port: 0,
      store: this.store,
      authority: this.authority,
      identities: this.identities,
      upstream: this.#upstream,
      control: this.#control(),
      packages: this.#packages,
      grants: this.#grants,
      masterKeys: [masterKey],
      logger: this.#logger(),
      audit: this.#audit,
    });
    this.#doors.push(door);
    return { address: `127.0.0.1:${door.port}` };
  }

  #control(): InstanceControl {
    const hear = (call: keyof InstanceControl, ...args: unknown[]): void => void this.heard.push({ call, args });
    return {
      register: (registration) => {
        hear('register', registration);
        return Promise.resolve({ expectedTasks: [] });
      },
      announce: (instance) => {
        hear('announce', instance);
        return Promise.resolve();
      },
      isAttended: (instance) => {
        hear('isAttended', instance);
        return Promise.resolve(true);
      },
      isRegistered: (instance) => {
        hear('isRegistered', instance);
        return Promise.resolve(true);
      },
      sendReports: (owner, reports) => {
        hear('sendReports', owner, reports);
        return Promise.resolve(this.gone.has(owner) ? 'gone' : 'delivered');
      },
    };
  }

  #logger() {
    return pino(
      { level: 'warn' },
      { write: (line: string) => this.log.push(JSON.parse(line) as Record<string, unknown>) },
    );
  }
}
