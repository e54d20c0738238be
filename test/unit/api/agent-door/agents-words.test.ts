/** What agents say in failures and reports: the door writes it anew, or cuts it, so that no owner meets what it cannot read. */
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import { taskReport, listOf } from '../../../../api/agent-door/calls/schemas.ts';
import { writtenAnew } from '../../../../api/agent-door/temporal/methods.ts';
import { newId } from '../../../../fixtures/records.ts';
import { z } from 'zod';

const strange = { metadata: { encoding: Buffer.from('x/y') }, data: Buffer.from('?') };

describe('a failure', () => {
  it.each<[string, temporal.api.failure.v1.IFailure | null]>([
    ['no failure', null],
    [
      'strange attributes',
      { message: 'm', encodedAttributes: strange, applicationFailureInfo: { nonRetryable: true } },
    ],
    [
      'strange details',
      { message: 'm', applicationFailureInfo: { nonRetryable: true, details: { payloads: [strange] } } },
    ],
    ['the cause of something else', { message: 'm', cause: { childWorkflowExecutionFailureInfo: {} } }],
    ['another kind', { message: 'm', activityFailureInfo: {} }],
  ])('can be read by a workflow, whatever the agent sent: %s', (_what, failure) => {
    const written = writtenAnew(failure);
    const error = defaultFailureConverter.failureToError(written, defaultPayloadConverter);
    expect(error.message).toBe(failure?.message ?? '');
    expect(written.applicationFailureInfo?.nonRetryable).toBe(failure?.applicationFailureInfo?.nonRetryable === true);
  });

  it('keeps its type, and not more of its message than is of use', () => {
    const written = writtenAnew({ message: 'x'.repeat(100_000), applicationFailureInfo: { type: 'Gone' } });
    expect([written.message?.length, written.applicationFailureInfo?.type]).toEqual([4_096, 'Gone']);
  });
});

describe('a report', () => {
  const aReport = { taskId: newId(), containerInstanceId: newId(), lastStatus: 'STOPPED', containers: [] };

  it('with a page of text as its reason arrives, cut', () => {
    const report = taskReport.parse({ ...aReport, stoppedReason: '<html>'.repeat(10_000) });
    expect(report.stoppedReason).toHaveLength(4_096);
  });

  it('of an engine that names no address arrives', () => {
    const networkBindings = [{ bindIP: '', containerPort: 80, hostPort: 80, protocol: 'tcp' }];
    const containers = [{ name: 'web', lastStatus: 'STOPPED', networkBindings }];
    expect(taskReport.safeParse({ ...aReport, containers }).success).toBe(true);
  });

  it.each([
    ['sha256:deadbeef', false],
    ['latest', false],
    [`sha256:${'0f'.repeat(32)}`, true],
    [`sha512:${'0f'.repeat(64)}`, true],
  ])('says %s as the digest of an image, by which other hosts would pull: %s', (imageDigest, isTaken) => {
    const containers = [{ name: 'web', lastStatus: 'RUNNING', imageDigest }];
    expect(taskReport.safeParse({ ...aReport, containers }).success).toBe(isTaken);
  });

  it('costs one look if its lists are too long', () => {
    const { error } = listOf(z.string(), 10).safeParse(Array.from({ length: 1_000 }, () => 0));
    expect(error?.issues).toHaveLength(1);
  });
});
