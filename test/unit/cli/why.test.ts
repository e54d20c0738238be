/** The output of `longshore why`. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forMachines } from '../../../cli/why/for-machines.ts';
import { forPeople, shortened } from '../../../cli/why/for-people.ts';
import type { Decision } from '../../../model/decision.ts';

const TASK = '0123456789abcdef0123456789abcdef';
const decision: Decision = {
  id: TASK,
  clusterName: 'default',
  reasons: [{ reason: 'refused', count: 1 }],
  tasks: [],
  causes: [],
  at: 1_000,
  lastAt: 2_000,
  until: 3_000,
  count: 2,
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('why for people', () => {
  it('indents the details below the headline, with local times and short ids', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const step = {
      at: Date.UTC(2026, 10, 30, 20, 5, 9, 700) / 1000,
      headline: `Stopped task ${TASK} because the container instance is gone`,
      details: ['Next attempt at 2026-11-30T20:06:00.000Z', 'Deployment ecs-svc/1648638769443575682'],
    };
    expect(forPeople(step)).toBe(
      [
        '2026-12-01 05:05:09  Stopped task 01234567 because the container instance is gone',
        '                       Next attempt at 2026-12-01 05:06:00',
        '                       Deployment ecs-svc/16486387',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [
      'called by arn:aws:iam::123456789012:root (request 2af522e7-ba3d-4eb2-9498-6230e0743bd9)',
      'called by root (request 2af522e7)',
    ],
    [
      'taskDefinition arn:aws:ecs:us-east-1:123456789012:task-definition/web:1, launchType EC2',
      'taskDefinition web:1, launchType EC2',
    ],
    [`(${TASK}, ${TASK})`, '(01234567, 01234567)'],
    ['(deployment ecs-svc/1648638769443575682)', '(deployment ecs-svc/16486387)'],
    ['Container web exited with 137', 'Container web exited with 137'],
  ])('shortens %s', (long, short) => {
    expect(shortened(long)).toBe(short);
  });
});

describe('why for machines', () => {
  it('has whole ids, and every time in ISO 8601', () => {
    const answer = { chain: [{ at: 1, headline: `Did not place task ${TASK}`, details: [], decision }] };
    expect(JSON.parse(forMachines(answer))).toEqual({
      chain: [
        {
          at: '1970-01-01T00:00:01.000Z',
          headline: `Did not place task ${TASK}`,
          details: [],
          decision: {
            ...decision,
            at: '1970-01-01T00:00:01.000Z',
            lastAt: '1970-01-01T00:00:02.000Z',
            until: '1970-01-01T00:00:03.000Z',
          },
        },
      ],
    });
  });
});
