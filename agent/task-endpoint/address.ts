/**
 * The address of the endpoint on the engine's host: the gateway of a Docker network of Longshore's own, so that the engine itself
 * puts the address there and keeps it over its restarts.
 */
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { messageOf, patiently, statusOf } from '../../activities/host/runtime/engine-call.ts';
import { findNamespace, type NetworkNamespace } from './network-namespace.ts';
import { ENDPOINT_ADDRESS } from './variables.ts';

export const ENDPOINT_NETWORK = 'longshore-endpoint';
/** The smallest network that has the address as a host's. */
const SUBNET = '169.254.170.0/30';

/** Where an ECS agent listens; the next ones are for other agents of the machine. */
const FIRST_PORT = 51_679;
const PORTS = 100;
/** An agent that was replaced may take so long to free its port, which running containers know. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 100;

/** Why there is no endpoint, in plain words. */
export class NoEndpoint extends Error {
  override readonly name = 'NoEndpoint';
}

interface EndpointNetwork {
  readonly id: string;
  readonly interfaceName: string;
}

/** Creates the network, or finds it. Throws NoEndpoint if the engine refuses it. */
export async function ensureNetwork(docker: Docker): Promise<EndpointNetwork> {
  const known = await findNetwork(docker);
  if (known !== undefined) return known;
  try {
    await docker.createNetwork({
      Name: ENDPOINT_NETWORK,
      Driver: 'bridge',
      CheckDuplicate: true,
      IPAM: { Config: [{ Subnet: SUBNET, Gateway: ENDPOINT_ADDRESS }] },
      // No container joins it: it is there for its gateway's address.
      Options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
    });
  } catch (error) {
    // Another agent of the engine may have created it in the same moment.
    const others = statusOf(error) === undefined ? undefined : await findNetwork(docker);
    if (others !== undefined) return others;
    if (statusOf(error) === undefined) throw error;
    throw new NoEndpoint(`the engine refuses a network with the address ${ENDPOINT_ADDRESS}: ${messageOf(error)}`);
  }
  const created = await findNetwork(docker);
  if (created === undefined) throw new NoEndpoint(`the engine does not show the network ${ENDPOINT_NETWORK}`);
  return created;
}

async function findNetwork(docker: Docker): Promise<EndpointNetwork | undefined> {
  const listed = await patiently(() => docker.listNetworks({ filters: { name: [ENDPOINT_NETWORK] } }));
  // The filter also matches parts of names.
  const found = listed.find(({ Name }) => Name === ENDPOINT_NETWORK);
  if (found === undefined) return undefined;
  const gateways = (found.IPAM?.Config ?? []).map(({ Gateway }) => Gateway);
  if (found.Driver !== 'bridge' || !gateways.includes(ENDPOINT_ADDRESS))
    throw new NoEndpoint(
      `the engine's network ${ENDPOINT_NETWORK} is not a bridge with the gateway ${ENDPOINT_ADDRESS}; remove it with docker network rm ${ENDPOINT_NETWORK}`,
    );
  const named = (found.Options as Readonly<Record<string, string>> | undefined)?.['com.docker.network.bridge.name'];
  return { id: found.Id, interfaceName: named ?? `br-${found.Id.slice(0, 12)}` };
}

export interface EndpointSocket {
  readonly namespace: NetworkNamespace;
  readonly server: Server;
  readonly port: number;
}

/**
 * Listens at the address: at the kept port if there is one, because running containers know it, else at the first one that is
 * free. Throws NoEndpoint if the address is not on this machine, or if no port is free.
 */
export async function listenAtAddress(docker: Docker, keptPort: number | undefined): Promise<EndpointSocket> {
  const { interfaceName } = await ensureNetwork(docker);
  const namespace = await findNamespace(interfaceName);
  if (namespace === undefined)
    throw new NoEndpoint(
      "the container engine's network is not on this machine, or it is in a network namespace that the agent may not enter",
    );
  try {
    return { namespace, ...(await listenSomewhere(namespace, keptPort)) };
  } catch (error) {
    namespace.close();
    throw error instanceof NoEndpoint ? error : new NoEndpoint(messageOf(error));
  }
}

async function listenSomewhere(
  namespace: NetworkNamespace,
  keptPort: number | undefined,
): Promise<Pick<EndpointSocket, 'server' | 'port'>> {
  const deadline = Date.now() + PATIENCE_MS;
  while (keptPort !== undefined && Date.now() < deadline) {
    const server = await listenIfFree(namespace, keptPort);
    if (server !== undefined) return { server, port: keptPort };
    await sleep(RETRY_MS);
  }
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
    const server = await listenIfFree(namespace, port);
    if (server !== undefined) return { server, port };
  }
  throw new NoEndpoint(`the ports ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} of ${ENDPOINT_ADDRESS} are taken`);
}

async function listenIfFree(namespace: NetworkNamespace, port: number): Promise<Server | undefined> {
  try {
    return await namespace.listen({ host: ENDPOINT_ADDRESS, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
