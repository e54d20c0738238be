/**
 * Version consistency: all tasks of a deployment run the images that its first task found, even if a tag has moved since.
 * Only registry images have digests; an image that was built or loaded on a host runs by its name.
 */
import type { ContainerImage, Deployment, TaskDefinitions } from '../../model/service.ts';

/** What a report says about the images that a task runs. */
export interface ImageSighting {
  readonly taskId: string;
  readonly deploymentId: string;
  readonly containers: readonly { readonly name: string; readonly imageDigest?: string }[];
}

export interface ResolvedImages {
  readonly deployments: readonly Deployment[];
  /** Tasks that run a different digest than their deployment's. */
  readonly strays: readonly { readonly taskId: string; readonly deploymentId: string }[];
}

/** Images of the containers with version consistency, by name; containers that disable it are left out. */
function consistentImages(definitions: TaskDefinitions, taskDefinitionArn: string): ReadonlyMap<string, string> {
  const containers = definitions[taskDefinitionArn]?.containerDefinitions ?? [];
  return new Map(
    containers.flatMap(({ name, image, versionConsistency }) =>
      name === undefined || image === undefined || versionConsistency === 'disabled' ? [] : [[name, image]],
    ),
  );
}

/** The deployment with what one report adds to its images; the very same object if that is nothing. */
function withSighting(
  deployment: Deployment,
  images: ReadonlyMap<string, string>,
  { containers }: ImageSighting,
): Deployment {
  const known = deployment.containerImages ?? [];
  const found = containers.flatMap(({ name, imageDigest }): readonly ContainerImage[] => {
    const image = images.get(name);
    if (image === undefined || imageDigest === undefined) return [];
    return known.some(({ containerName }) => containerName === name)
      ? []
      : [{ containerName: name, image, imageDigest }];
  });
  return found.length === 0 ? deployment : { ...deployment, containerImages: [...known, ...found] };
}

const isStray = ({ containerImages = [] }: Deployment, { containers }: ImageSighting): boolean =>
  containers.some(({ name, imageDigest }) => {
    const pinned = containerImages.find(({ containerName }) => containerName === name);
    return imageDigest !== undefined && pinned !== undefined && pinned.imageDigest !== imageDigest;
  });

/** Adds what the reports say, in their order: the first digest of a container's image becomes the deployment's. */
export function resolveImages(
  deployments: readonly Deployment[],
  definitions: TaskDefinitions,
  sightings: readonly ImageSighting[],
): ResolvedImages {
  const telling = sightings.filter(({ containers }) => containers.some((c) => c.imageDigest !== undefined));
  if (telling.length === 0) return { deployments, strays: [] };
  const current = new Map(deployments.map((deployment) => [deployment.deploymentId, deployment]));
  const strays: ResolvedImages['strays'][number][] = [];
  for (const sighting of telling) {
    const { taskId, deploymentId } = sighting;
    const deployment = current.get(deploymentId);
    if (deployment === undefined) continue;
    const after = withSighting(deployment, consistentImages(definitions, deployment.taskDefinitionArn), sighting);
    current.set(deploymentId, after);
    if (isStray(after, sighting)) strays.push({ taskId, deploymentId });
  }
  return { deployments: deployments.map((deployment) => current.get(deployment.deploymentId) ?? deployment), strays };
}

/** `repository@digest` for `repository[:tag]`, with or without a registry that has a port. */
export function pinnedImage({ image, imageDigest }: ContainerImage): string {
  const [named = ''] = image.split('@');
  const name = named.slice(named.lastIndexOf('/') + 1);
  const tag = name.indexOf(':');
  const repository = tag < 0 ? named : named.slice(0, named.length - (name.length - tag));
  return `${repository}@${imageDigest}`;
}

/** The image that each container will run, by the container's name. */
export const pinnedImages = (images: readonly ContainerImage[]): Readonly<Record<string, string>> =>
  Object.fromEntries(images.map((image) => [image.containerName, pinnedImage(image)]));
