/**
 * What only the host knows of a task that is about to run on it: where the links of its host paths and devices lead. The rest the
 * control plane has checked already; it is checked again here, since a service may be older than its cluster's guards.
 */
import { existsSync } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import { MADE_VOLUME } from '../activities/host/launch/labels.ts';
import { RuntimeError } from '../activities/host/runtime/types.ts';
import type { ContainerSpec, ObservedVolume } from '../activities/host/runtime/types.ts';
import type { TaskLaunch } from '../activities/host/types.ts';
import { defined } from '../model/defined.ts';
import type { TaskDefinition } from '../model/task-definition.ts';
import {
  type Allowed,
  forbiddenParts,
  guardRefusal,
  hostPathOf,
  isAllowedDevice,
  isAllowedPath,
  limitsOf,
  plainPath,
} from '../model/task-guards.ts';

export interface HostView {
  /** The engine's socket on this machine. Absent: the engine is elsewhere, and its links cannot be followed. */
  readonly engineSocket?: string;
  /** The agent sees the files of a container of its own instead of the host's. */
  readonly isContained?: boolean;
  /** The engine's runtime under which FARGATE tasks run. Absent: its default. */
  readonly fargateRuntime?: string;
}

export class HostGuards {
  readonly #clusterName: string;
  readonly #host: HostView;
  #allowed: Allowed = 'all';
  #logDriver: string | undefined;
  #engineFolder: string | undefined;

  constructor(clusterName: string, host: HostView) {
    this.#clusterName = clusterName;
    this.#host = host;
  }

  /** The control plane said what tasks of the cluster may do. A control plane of an earlier version says nothing. */
  allow(allowed: Allowed = 'all'): void {
    this.#allowed = allowed;
  }

  /** The engine said which log driver containers have that name none. */
  setLogDriver(driver: string | undefined): void {
    this.#logDriver = driver;
  }

  /** The engine said where it keeps its files. */
  setEngineFolder(folder: string | undefined): void {
    this.#engineFolder = folder;
  }

  /** How the containers of a task are bounded, and what they run under. */
  boundsOf({ launchType }: Pick<TaskLaunch, 'launchType'>): Pick<ContainerSpec, 'limits' | 'runtime'> {
    const limits = { ...limitsOf(this.#allowed), ...defined({ engineLogDriver: this.#logDriver }) };
    const runtime = launchType === 'FARGATE' ? this.#host.fargateRuntime : undefined;
    return { limits, ...defined({ runtime }) };
  }

  /** Rejects with ResourceInitializationError if a task of the definition may not run here. */
  async check(definition: Pick<TaskDefinition, 'volumes' | 'containerDefinitions'>): Promise<void> {
    if (this.#allowed === 'all') return;
    const parts = forbiddenParts(definition, this.#allowed);
    if (parts.length > 0) throw refusal(guardRefusal(parts, this.#clusterName));
    for (const volume of definition.volumes ?? []) {
      const asked = hostPathOf(volume);
      if (asked !== undefined) await this.#checkPath(`volumes[${volume.name ?? ''}]`, asked, this.#allowed);
    }
    for (const { linuxParameters } of definition.containerDefinitions ?? []) {
      for (const { hostPath = '' } of linuxParameters?.devices ?? []) await this.#checkDevice(hostPath, this.#allowed);
    }
  }

  /**
   * Rejects with ResourceInitializationError if a task may not mount the engine's volume, which may be older than the task and have
   * options that its definition does not show.
   */
  async checkVolume({ name, labels, driver, driverOpts }: ObservedVolume): Promise<void> {
    if (this.#allowed === 'all' || this.#allowed.volumes?.includes(name) === true) return;
    if (labels[MADE_VOLUME] !== 'true')
      throw refusal(guardRefusal([`volumes[${name}], which Longshore did not make on this host`], this.#clusterName));
    await this.check({ volumes: [{ name, dockerVolumeConfiguration: { scope: 'shared', driver, driverOpts } }] });
  }

  async #checkPath(part: string, asked: string, allowed: Exclude<Allowed, 'all'>): Promise<void> {
    // The engine cleans a path before it follows links.
    const found = await this.#follow(plainPath(asked));
    const socket = this.#host.engineSocket;
    const places = [socket, this.#engineFolder].filter((place) => place !== undefined);
    const engine = [...places, ...(await Promise.all(places.map(real)))];
    // The operator may have allowed a path that is a link itself.
    const hostPaths = await Promise.all((allowed.hostPaths ?? []).map(real));
    if (isAllowedPath(found, { ...allowed, hostPaths }, engine)) return;
    throw refusal(guardRefusal([`${part}=${asked}, which leads to ${found} on this host`], this.#clusterName));
  }

  async #checkDevice(asked: string, allowed: Exclude<Allowed, 'all'>): Promise<void> {
    const found = await this.#follow(asked);
    const devices = await Promise.all(
      (allowed.devices ?? []).map(async (each) => (each.endsWith('/') ? `${await real(each)}/` : real(each))),
    );
    if (isAllowedDevice(found, { devices })) return;
    throw refusal(guardRefusal([`the device ${asked}, which leads to ${found} on this host`], this.#clusterName));
  }

  #follow(asked: string): Promise<string> {
    const { engineSocket, isContained = false } = this.#host;
    if (engineSocket !== undefined && !isContained) return real(asked);
    throw refusal(
      `Tasks in cluster ${this.#clusterName} may have some paths of the host only, and this agent cannot see where ${asked} leads: it runs ${isContained ? 'in a container' : 'on another machine than its engine'}.`,
    );
  }
}

/** The path without links. What does not exist yet has none; its folder may. */
async function real(asked: string): Promise<string> {
  try {
    return await realpath(asked);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const folder = path.dirname(asked);
    if (folder === asked) return asked;
    // A link to what does not exist yet: its target may be made before the mount.
    const target = await readlink(asked).catch(() => undefined);
    if (target !== undefined) return real(path.resolve(await real(folder), target));
    return path.join(await real(folder), path.basename(asked));
  }
}

const refusal = (message: string): RuntimeError => new RuntimeError('ResourceInitializationError', message);

/** True in a Docker or Podman container. */
export const isContained = (): boolean => existsSync('/.dockerenv') || existsSync('/run/.containerenv');
