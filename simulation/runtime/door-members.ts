/**
 * Simulated instances that joined, each by itself: with its own key, certificate and folder, and its own connections to the
 * agent door, as the agents of so many hosts.
 */
import * as path from 'node:path';
import type { Logger } from 'pino';
import { connectDoor } from '../../agent/door.ts';
import { HostWorker } from '../../agent/host-worker.ts';
import type { AgentCredentials } from '../../agent/identity/credentials.ts';
import { callDoor } from '../../agent/identity/door-client.ts';
import { isJoinRefused, joinDoor } from '../../agent/identity/join.ts';
import { untilDone } from '../../agent/retry.ts';
import { defined } from '../../model/defined.ts';
import { type FleetMember, type FleetMembers, inParallel, MEMBER_WORKER } from './fleet-member.ts';

/** A door takes few connections of one token at a time (api/agent-door/sessions.ts), and a closed one counts for a moment. */
const JOINS_AT_ONCE = 4;
/** A simulated host has as long for its heartbeats as the control plane allows. The agent of an engine says sooner that it is there. */
const LONGEST_BETWEEN_HEARTBEATS_MS = 60_000;
const DEFAULT_BETWEEN_HEARTBEATS_MS = 30_000;

interface DoorOptions {
  /** `https://host:port#token`. Those that have joined before need only its address. */
  readonly url: string;
  readonly count: number;
  /** Has a folder for each instance, with its identity. */
  readonly folder: string;
  readonly logger: Logger;
  /** Ends the wait for a door that does not answer. */
  readonly signal: AbortSignal;
}

/**
 * Joins those that have not joined before, a few at a time, and keeps all certificates current. Waits for a door that does not
 * answer. Rejects with IdentityError or DoorRefusal for what a person must correct.
 */
export async function doorMembers({ url, count, folder, logger, signal }: DoorOptions): Promise<FleetMembers> {
  const places = Array.from({ length: count }, (_, place) => path.join(folder, String(place)));
  const all = await inParallel(places, JOINS_AT_ONCE, (own) =>
    untilDone({ what: 'joining', logger, signal, isFinal: isJoinRefused }, () => joinDoor(url, own, callDoor)),
  );
  const opened = all.map((credentials) => openMember(credentials, logger));
  return {
    members: opened.map(({ member }) => member),
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
    },
  };
}

interface OpenedMember {
  readonly member: FleetMember;
  close(): Promise<void>;
}

function openMember(credentials: AgentCredentials, fleetLogger: Logger): OpenedMember {
  const { containerInstanceId, clusterName, availabilityZone } = credentials;
  const logger = fleetLogger.child({ containerInstanceId });
  credentials.startRenewing(callDoor, { logger });
  const controlPlane = connectDoor(credentials, logger);
  const worker = {
    ...MEMBER_WORKER,
    maxHeartbeatThrottleInterval: LONGEST_BETWEEN_HEARTBEATS_MS,
    defaultHeartbeatThrottleInterval: DEFAULT_BETWEEN_HEARTBEATS_MS,
  };
  const member: FleetMember = {
    containerInstanceId,
    clusterName,
    ...defined({ availabilityZone }),
    control: controlPlane.control,
    async serve(activities) {
      const host = await HostWorker.start({ controlPlane, containerInstanceId, activities, logger, worker });
      return () => host.shutdown();
    },
  };
  return {
    member,
    close: async () => {
      credentials.stop();
      await controlPlane.close();
    },
  };
}
