/** Checks volumes, and the mount points that use them. */
import type { Volume } from '@aws-sdk/client-ecs';
import type { ContainerRule, Rule } from './definition.ts';
import { duplicates, eachContainer, nameOf } from './definition.ts';

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** A volume has one backing. `host` may be an empty object, which means a plain Docker volume. */
const backings = (volume: Volume): readonly unknown[] =>
  [
    volume.host?.sourcePath,
    volume.dockerVolumeConfiguration,
    volume.efsVolumeConfiguration,
    volume.fsxWindowsFileServerVolumeConfiguration,
    volume.s3filesVolumeConfiguration,
    volume.configuredAtLaunch === true || undefined,
  ].filter((backing) => backing !== undefined);

export const volumesRule: Rule = function* ({ volumes = [] }) {
  for (const volume of volumes) {
    const { name = '', host, dockerVolumeConfiguration: docker } = volume;
    if (!NAME.test(name)) {
      yield `Volume name '${name}' is invalid. Use 1 to 255 letters, digits, hyphens and underscores.`;
    }
    if (backings(volume).length > 1) yield `Volume '${name}' has more than one type: give it one configuration.`;
    if (host?.sourcePath !== undefined && !/^(\/|[A-Za-z]:\\)/.test(host.sourcePath)) {
      yield `The sourcePath of volume '${name}' must be an absolute path.`;
    }
    if (host?.sourcePath?.startsWith('/') === true && host.sourcePath.includes(':')) {
      yield `The sourcePath of volume '${name}' must not contain a colon.`;
    }
    if (docker?.driver === '') yield `The driver of volume '${name}' must not be empty.`;
    if (docker?.autoprovision !== undefined && docker.scope !== 'shared') {
      yield `Volume '${name}': autoprovision may only be specified when the scope is shared.`;
    }
  }
  for (const name of duplicates(volumes.map(({ name }) => name ?? ''))) {
    yield `Volume names must be unique: '${name}' appears twice.`;
  }
  if (volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch === true).length > 1) {
    yield 'Only one volume of a task definition can be configuredAtLaunch.';
  }
};

const mountPoints: ContainerRule = function* (container, { volumes = [] }) {
  const names = new Set(volumes.map(({ name }) => name));
  for (const { sourceVolume = '', containerPath = '' } of container.mountPoints ?? []) {
    if (containerPath === '') {
      yield `A mount point of container '${nameOf(container)}' has no containerPath.`;
    }
    // The engine reads a colon as the end of the path.
    if (containerPath !== '' && !/^\/[^:]*$/.test(containerPath)) {
      yield `The containerPath '${containerPath}' of a mount point of container '${nameOf(container)}' must be an absolute path without a colon.`;
    }
    if (!names.has(sourceVolume)) {
      yield `Unknown volume '${sourceVolume}': a mount point of container '${nameOf(container)}' names it, but the task definition has no such volume.`;
    }
  }
  const paths = (container.mountPoints ?? []).map(({ containerPath }) => containerPath ?? '');
  for (const path of duplicates(paths)) yield `Container '${nameOf(container)}' mounts two volumes at '${path}'.`;
};

export const mountPointsRule = eachContainer(mountPoints);
