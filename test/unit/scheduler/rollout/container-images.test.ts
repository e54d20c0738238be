/** Images that a deployment pins to a digest. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../../model/task-definition.ts';
import { pinnedImage, resolveImages, type ImageSighting } from '../../../../scheduler/rollout/container-images.ts';
import { taskDefinition } from '../../../support/commands.ts';
import { aDeployment, NEW_ID } from '../../../support/service-builders.ts';

const [A, B] = ['sha256:aaaa', 'sha256:bbbb'];

describe('pinnedImage', () => {
  it.each([
    ['nginx', 'nginx@sha256:aaaa'],
    ['nginx:1.27', 'nginx@sha256:aaaa'],
    ['registry:5000/team/web', 'registry:5000/team/web@sha256:aaaa'],
    ['registry:5000/team/web:v1', 'registry:5000/team/web@sha256:aaaa'],
    ['web:v1@sha256:bbbb', 'web@sha256:aaaa'],
  ])('%s', (image, pinned) => {
    expect(pinnedImage({ containerName: 'web', image, imageDigest: A })).toBe(pinned);
  });
});

describe('resolveImages', () => {
  const deployment = aDeployment();
  const definitionOf = (container: object): TaskDefinition => ({
    ...taskDefinition({ containerDefinitions: [{ name: 'web', image: 'web:v1', ...container }] }),
    taskDefinitionArn: deployment.taskDefinitionArn,
  });
  const seen = (taskId: string, imageDigest?: string): ImageSighting => ({
    taskId,
    deploymentId: NEW_ID,
    containers: [{ name: 'web', ...(imageDigest === undefined ? {} : { imageDigest }) }],
  });
  const resolve = (sightings: readonly ImageSighting[], container = {}, before = deployment) => {
    const definitions = { [before.taskDefinitionArn]: definitionOf(container) };
    const { deployments, strays } = resolveImages([before], definitions, sightings);
    return { images: deployments[0]?.containerImages, strays: strays.map(({ taskId }) => taskId) };
  };
  const pinned = [{ containerName: 'web', image: 'web:v1', imageDigest: A }];

  it.each([
    ['the first digest is the deployment’s', [seen('t1', A)], {}, { images: pinned, strays: [] }],
    ['another digest makes its task a stray', [seen('t1', A), seen('t2', B)], {}, { images: pinned, strays: ['t2'] }],
    ['the same digest does not', [seen('t1', A), seen('t2', A)], {}, { images: pinned, strays: [] }],
    ['an image without a digest pins nothing', [seen('t1')], {}, { images: undefined, strays: [] }],
    [
      'nor does one whose consistency is disabled',
      [seen('t1', A), seen('t2', B)],
      { versionConsistency: 'disabled' },
      { images: undefined, strays: [] },
    ],
  ])('%s', (_what, sightings, container, expected) => {
    expect(resolve(sightings, container)).toEqual(expected);
  });

  it('keeps known digests', () => {
    expect(resolve([seen('t2', B)], {}, { ...deployment, containerImages: pinned })).toEqual({
      images: pinned,
      strays: ['t2'],
    });
  });

  it('ignores tasks of deployments that are gone', () => {
    const gone = { ...seen('t1', A), deploymentId: 'ecs-svc/9' };
    expect(resolve([gone])).toEqual({ images: undefined, strays: [] });
  });
});
