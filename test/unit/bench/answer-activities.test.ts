/** Reading the activities before an answer from a history. */
import { describe, expect, it } from 'vitest';
import { activitiesBeforeAnswer, describeActivities } from '../../../bench/answer-activities.ts';

const accepted = { workflowExecutionUpdateAcceptedEventAttributes: {} };
const local = { markerRecordedEventAttributes: { markerName: 'core_local_activity' } };
const patch = { markerRecordedEventAttributes: { markerName: 'core_patch' } };
const scheduled = { activityTaskScheduledEventAttributes: {} };
const completed = { activityTaskCompletedEventAttributes: {} };
const answered = { workflowExecutionUpdateCompletedEventAttributes: {} };

describe('the activities before an answer', () => {
  it('are the local and the ordinary ones, in their order', () => {
    const events = [accepted, local, scheduled, completed, local, answered];
    expect(activitiesBeforeAnswer(events)).toEqual(['local', 'ordinary', 'local']);
  });

  it('exclude activities after the first answer, and other markers', () => {
    expect(activitiesBeforeAnswer([accepted, patch, local, answered, local, scheduled, answered])).toEqual(['local']);
  });

  it('cannot be read from a history without an answer', () => {
    expect(() => activitiesBeforeAnswer([accepted, local])).toThrow('no answered update');
  });

  it.each([
    [[], 'no activity'],
    [['local'], '1 local activity'],
    [['local', 'local'], '2 local activities'],
    [['local', 'ordinary', 'local'], '1 ordinary and 2 local activities'],
  ] as const)('%j reads as "%s"', (kinds, words) => {
    expect(describeActivities(kinds)).toBe(words);
  });
});
