/** The rules for a call's overrides. */
import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { checkFargateSize } from '../../../../../api/ecs/rules/launch-type.ts';
import { resolveOverrides } from '../../../../../api/ecs/rules/overrides.ts';
import { isEcsError } from '../../../../../model/errors.ts';
import type { TaskDefinition } from '../../../../../model/task-definition.ts';

const definition = (container: ContainerDefinition, more: Partial<TaskDefinition> = {}): TaskDefinition => ({
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  registeredAt: 0,
  containerDefinitions: [{ name: 'app', image: 'busybox', cpu: 128, memory: 256, ...container }],
  ...more,
});

const SIZED = definition({}, { cpu: '256', memory: '512' });

function refusal(overrides: TaskOverride, of = SIZED): string {
  try {
    return `accepted ${JSON.stringify(resolveOverrides(overrides, of))}`;
  } catch (error) {
    if (isEcsError(error)) return error.message;
    throw error;
  }
}

const ofApp = (override: NonNullable<TaskOverride['containerOverrides']>[number]): TaskOverride => ({
  containerOverrides: [{ name: 'app', ...override }],
});

describe('sizes of the task', () => {
  it.each([
    [{ cpu: '0' }, "Invalid 'cpu' setting for task."],
    [{ cpu: '127' }, "Invalid 'cpu' setting for task."],
    [{ cpu: '196609' }, "Invalid 'cpu' setting for task."],
    [{ cpu: '-256' }, "Invalid 'cpu' setting for task."],
    [{ memory: '0' }, "Invalid 'memory' setting for task."],
    [{ memory: '3' }, "Invalid 'memory' setting for task."],
    [{ memory: ' ' }, "Invalid 'memory' setting for task."],
    [{ cpu: '0', memory: '0' }, "Invalid 'cpu' setting for task."],
    [{ memory: '128' }, 'Its memory is greater than the memory of the task.'],
  ])('%j is refused', (overrides, message) => {
    expect(refusal(overrides)).toContain(message);
  });

  it('an empty size overrides nothing', () => {
    expect(resolveOverrides({ cpu: '', memory: '' }, SIZED)).toEqual({});
  });

  it('other sizes become plain numbers', () => {
    expect(resolveOverrides({ cpu: '.5 vCPU', memory: '1GB' }, SIZED)).toEqual({ cpu: '512', memory: '1024' });
  });
});

describe('sizes of a container', () => {
  it.each([
    [ofApp({ cpu: -1 }), "'cpu' must not be negative."],
    [ofApp({ memory: 0 }), "Invalid 'memory' override for container 'app': it must not be 0."],
    [ofApp({ memory: 3 }), "'memory' must be at least 4 MiB."],
    [ofApp({ memory: -5 }), "'memory' must be at least 4 MiB."],
    [ofApp({ memory: 513 }), 'Its memory is greater than the memory of the task.'],
    [ofApp({ memoryReservation: 257 }), "'memoryReservation' must not be greater than 'memory'."],
    [ofApp({ memoryReservation: 0 }), "Invalid 'memoryReservation' override for container 'app': it must not be 0."],
    [
      ofApp({ resourceRequirements: [{ type: 'GPU', value: 'x' }] }),
      "Invalid GPU resource requirement of container 'app'.",
    ],
    [
      ofApp({ resourceRequirements: [{ type: 'GPU', value: '0' }] }),
      "Invalid GPU resource requirement of container 'app'.",
    ],
  ])('%j is refused', (overrides, message) => {
    expect(refusal(overrides)).toContain(message);
  });

  it.each([
    ofApp({ cpu: 0 }),
    // Cpu shares: only on FARGATE must their sum not exceed the task's cpu.
    ofApp({ cpu: 257 }),
    ofApp({ memory: 512 }),
    ofApp({ resourceRequirements: [{ type: 'GPU', value: 'ALL' }] }),
  ])('%j is accepted', (overrides) => {
    expect(resolveOverrides(overrides, SIZED)).toEqual(overrides);
  });

  it('are not checked if the call changes none', () => {
    const old = definition({ memory: 2 });
    expect(refusal(ofApp({ command: ['x'] }), old)).toMatch(/^accepted/);
  });
});

describe('sizes on FARGATE', () => {
  const refused = (overrides: TaskOverride): string | undefined => {
    try {
      checkFargateSize(SIZED, resolveOverrides(overrides, SIZED), 'FARGATE');
      return undefined;
    } catch (error) {
      if (isEcsError(error)) return error.message;
      throw error;
    }
  };

  it.each([
    [{ memory: '1536' }, 'No Fargate configuration exists for given values.'],
    [ofApp({ cpu: 257 }), "The containers' cpu together (257) is greater than the cpu of the task (256)."],
  ])('%j is refused', (overrides, message) => {
    expect(refused(overrides)).toBe(message);
  });

  it('a task that grows with its container is accepted', () => {
    expect(refused({ cpu: '512', memory: '1024', ...ofApp({ cpu: 512 }) })).toBeUndefined();
  });
});
