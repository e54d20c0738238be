/** Which parameters of definitions and overrides are not supported. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { unsupportedOverrides, unsupportedParameters } from '../../../model/unsupported-parameters.ts';

const web = (container: ContainerDefinition) => ({ containerDefinitions: [{ name: 'web', ...container }] });

describe('unsupportedParameters', () => {
  it.each<[Partial<TaskDefinition>, string]>([
    [web({ credentialSpecs: ['x'] }), 'containerDefinitions[web].credentialSpecs'],
    [
      web({ logConfiguration: { logDriver: 'awsfirelens' } }),
      'containerDefinitions[web].logConfiguration.logDriver=awsfirelens',
    ],
    [
      web({ resourceRequirements: [{ type: 'NeuronDevice', value: '1' }] }),
      'containerDefinitions[web].resourceRequirements',
    ],
    [{ volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs' } }] }, 'volumes[v].efsVolumeConfiguration'],
    [{ volumes: [{ name: 'v', configuredAtLaunch: true }] }, 'volumes[v].configuredAtLaunch'],
    [
      { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
      'runtimePlatform.operatingSystemFamily',
    ],
  ])('%j', (definition, parameter) => {
    expect(unsupportedParameters(definition)).toEqual([parameter]);
  });

  it.each<Partial<TaskDefinition>>([
    web({
      secrets: [{ name: 'A', valueFrom: 'x' }],
      environmentFiles: [{ type: 's3', value: 'x' }],
      repositoryCredentials: { credentialsParameter: 'x' },
      logConfiguration: { logDriver: 'json-file', secretOptions: [{ name: 'A', valueFrom: 'x' }] },
    }),
    { taskRoleArn: 'arn:aws:iam::1:role/r' },
    web({ resourceRequirements: [{ type: 'GPU', value: '1' }], restartPolicy: { enabled: true } }),
    { executionRoleArn: 'arn:aws:iam::1:role/r', pidMode: 'task', runtimePlatform: { operatingSystemFamily: 'LINUX' } },
    {
      volumes: [
        { name: 'v', host: { sourcePath: '/x' } },
        { name: 'w', configuredAtLaunch: false },
      ],
    },
  ])('supported: %j', (definition) => {
    expect(unsupportedParameters(definition)).toEqual([]);
  });

  it('overrides', () => {
    expect(
      unsupportedOverrides({
        taskRoleArn: 'arn:aws:iam::1:role/r',
        ephemeralStorage: { sizeInGiB: 30 },
        containerOverrides: [{ name: 'web', resourceRequirements: [{ type: 'NeuronDevice', value: '1' }], cpu: 1 }],
      }),
    ).toEqual(['overrides.containerOverrides[web].resourceRequirements']);
  });
});
