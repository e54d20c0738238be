/** The control plane through the agent door, with the agent's certificate. The agent needs no other address. */
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import {
  AGENT_NAMESPACE,
  ANNOUNCE_AGENT,
  type AnnounceAgent,
  InstanceRefused,
  type InstanceControl,
  IS_ATTENDED,
  type IsAttended,
  type IsAttendedAnswer,
  IS_REGISTERED,
  type IsRegisteredAnswer,
  REGISTER_INSTANCE,
  REPORT_TASKS,
  type ReportTasks,
  type ReportTasksAnswer,
} from '../model/agent-calls.ts';
import { AGENT_DOOR_NAME } from '../model/agent-door.ts';
import {
  type AgentPackage,
  type AgentPackagePiece,
  type AgentPackageSource,
  DESCRIBE_AGENT_PACKAGE,
  READ_AGENT_PACKAGE,
} from '../model/agent-package.ts';
import { AGENT_PROTOCOL, controlPlaneTooFar, speaks } from '../model/agent-protocol.ts';
import {
  FORWARD_TASK_CALL,
  type ForwardedAnswer,
  type ForwardTaskCall,
  ISSUE_TASK_CREDENTIALS,
  READ_TASK_SECRETS,
  TaskCallRefused,
  type TaskControl,
  type TaskCredentials,
  type TaskSecrets,
} from '../model/task-calls.ts';
import type { ExpectedWork } from '../model/container-instance.ts';
import { defined } from '../model/defined.ts';
import type { ControlPlane } from './control-plane.ts';
import type { AgentCredentials } from './identity/credentials.ts';
import { DoorHeartbeats } from './identity/door-heartbeat.ts';
import { DoorClient, DoorRefusal } from './identity/door-client.ts';

/** A registration waits for a worker of the control plane. */
const REGISTER_TIMEOUT_MS = 60_000;
/** The control plane builds the package when the first agent asks for it. */
const PACKAGE_TIMEOUT_MS = 120_000;
/** The API has half a minute for a call of a container. */
const FORWARD_TIMEOUT_MS = 40_000;

/** Connects when it is first used. The caller stops the credentials' renewal. */
export function connectDoor(credentials: AgentCredentials, logger: Logger): ControlPlane {
  const { address } = credentials;
  let client = new DoorClient({ address, ...credentials.current() });
  const heartbeats = new DoorHeartbeats(() => ({ address, ...credentials.current() }));
  const stop = credentials.onRenewed((tls) => {
    // Calls under way end on the connection where they began.
    client.close();
    client = new DoorClient({ address, ...tls });
    heartbeats.close();
  });
  return {
    control: doorControl(() => client, logger),
    tasks: doorTasks(() => client),
    packages: doorPackages(() => client),
    namespace: AGENT_NAMESPACE,
    connectWorker: () => NativeConnection.connect(workerConnection(credentials)),
    heartbeat: (taskToken, timeoutMs) => heartbeats.send(taskToken, timeoutMs),
    onRenewed: (listener) => credentials.onRenewed(() => listener()),
    close: () => {
      stop();
      client.close();
      heartbeats.close();
      return Promise.resolve();
    },
  };
}

function workerConnection(credentials: AgentCredentials) {
  const { cert, key, authority } = credentials.current();
  return {
    address: credentials.address,
    tls: {
      clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) },
      serverRootCACertificate: Buffer.from(authority),
      serverNameOverride: AGENT_DOOR_NAME,
    },
    // What agents send is small, and the door would unpack it all.
    grpcCompression: { codec: 'none' } as const,
  };
}

const doorPackages = (client: () => DoorClient): AgentPackageSource => ({
  async describe(request) {
    const options = { timeoutMs: PACKAGE_TIMEOUT_MS };
    return (await client().call(DESCRIBE_AGENT_PACKAGE, request, options)) as AgentPackage;
  },
  async read(request) {
    const { data } = (await client().call(READ_AGENT_PACKAGE, request)) as AgentPackagePiece;
    return Buffer.from(data, 'base64');
  },
});

function doorTasks(client: () => DoorClient): TaskControl {
  const call = async (name: string, request: object, timeoutMs?: number): Promise<unknown> => {
    try {
      return await client().call(name, request, defined({ timeoutMs }));
    } catch (error) {
      throw error instanceof DoorRefusal ? new TaskCallRefused(error.message, { cause: error }) : error;
    }
  };
  return {
    secrets: async ({ clusterName, taskId }) => (await call(READ_TASK_SECRETS, { clusterName, taskId })) as TaskSecrets,
    credentials: async ({ clusterName, taskId }) =>
      (await call(ISSUE_TASK_CREDENTIALS, { clusterName, taskId })) as TaskCredentials,
    forward: async (task, request) => {
      const asked: ForwardTaskCall = { ...task, request };
      return (await call(FORWARD_TASK_CALL, asked, FORWARD_TIMEOUT_MS)) as ForwardedAnswer;
    },
  };
}

function doorControl(client: () => DoorClient, logger: Logger): InstanceControl {
  return {
    async register(registration) {
      try {
        const options = { timeoutMs: REGISTER_TIMEOUT_MS };
        const request = { ...registration, protocol: AGENT_PROTOCOL };
        const work = (await client().call(REGISTER_INSTANCE, request, options)) as ExpectedWork;
        if (!speaks(AGENT_PROTOCOL, work.protocol)) throw new InstanceRefused(controlPlaneTooFar(work.protocol));
        return work;
      } catch (error) {
        if (error instanceof DoorRefusal) throw new InstanceRefused(error.message, { cause: error });
        throw error;
      }
    },

    async announce({ sessionId }) {
      await client().call(ANNOUNCE_AGENT, { sessionId } satisfies AnnounceAgent);
    },

    async isAttended({ sessionId }) {
      const answer = await client().call(IS_ATTENDED, { sessionId } satisfies IsAttended);
      return (answer as IsAttendedAnswer).isAttended;
    },

    async isRegistered() {
      return ((await client().call(IS_REGISTERED, {})) as IsRegisteredAnswer).isRegistered;
    },

    async sendReports(ownerWorkflowId, reports) {
      const request: ReportTasks = { ownerWorkflowId, reports };
      try {
        const { outcome, refused } = (await client().call(REPORT_TASKS, request)) as ReportTasksAnswer;
        if (refused.length > 0) logger.warn({ ownerWorkflowId, tasks: refused.length }, 'reports were refused');
        return outcome;
      } catch (error) {
        if (!(error instanceof DoorRefusal)) throw error;
        // No later attempt would be taken either.
        logger.warn({ ownerWorkflowId, err: error }, 'the control plane takes no reports from this agent');
        return 'gone';
      }
    },
  };
}
