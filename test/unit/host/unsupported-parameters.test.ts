/** Which parameters of definitions and overrides are not supported. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { unsupportedOverrides, unsupportedParameters } from '../../../model/unsupported-parameters.ts';

const web = (container: ContainerDefinition) => ({ containerDefinitions: [{ name: 'web', ...container }] });

describe('unsupportedParameters', () => {
  it.each<[Partial<TaskDefinition>, string]>([
    [web({ secrets: [{ name: 'A', valueFrom: 'x' }] }), 'containerDefinitions[web].secrets'],
    [web({ environmentFiles: [{ type: 's3', value: 'x' }] }), 'containerDefinitions[web].environmentFiles'],
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
    [{ taskRoleArn: 'arn:aws:iam::1:role/r' }, 'taskRoleArn'],
    [
      { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
      'runtimePlatform.operatingSystemFamily',
    ],
  ])('%j', (definition, parameter) => {
    expect(unsupportedParameters(definition)).toEqual([parameter]);
  });

  it.each<Partial<TaskDefinition>>([
    web({ secrets: [], environmentFiles: [], logConfiguration: { logDriver: 'json-file' } }),
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
        containerOverrides: [{ name: 'web', environmentFiles: [{ type: 's3', value: 'x' }], cpu: 1 }],
      }),
    ).toEqual(['overrides.taskRoleArn', 'overrides.containerOverrides[web].environmentFiles']);
  });
});
