/** What fails between a simulated instance and the control plane, each fault with its probability. */
import type { SendReports } from '../../activities/host/reporter.ts';
import type { HostActivities } from '../../activities/host/types.ts';
import type { Clock } from '../clock.ts';
import type { Random, Span } from '../random.ts';

/** Shares are probabilities between 0 and 1; absent: never. */
export interface HostFaults {
  /** A signal with reports is lost; the agent sends it again. */
  readonly reportsLost?: number;
  /** The signal arrives, but the agent does not learn of that and sends it again. */
  readonly reportAnswersLost?: number;
  readonly reportsDelayed?: { readonly share: number; readonly ms: Span };
  /** An activity fails before it does anything. */
  readonly activitiesFail?: number;
  /** An activity does its work, but its answer is lost. */
  readonly activityAnswersLost?: number;
}

export interface FaultSource {
  readonly faults: HostFaults;
  readonly random: Random;
  readonly clock: Clock;
}

/** Reports stay in order: the reporter sends the next only when it knows that the last one arrived. */
export function unreliableReports(send: SendReports, { faults, random, clock }: FaultSource): SendReports {
  return async (owner, reports) => {
    const { reportsDelayed } = faults;
    if (reportsDelayed && random.chance(reportsDelayed.share)) await pause(clock, random.within(reportsDelayed.ms));
    if (random.chance(faults.reportsLost ?? 0)) throw new Error('simulated: the reports did not arrive');
    const answer = await send(owner, reports);
    if (random.chance(faults.reportAnswersLost ?? 0)) throw new Error('simulated: the answer was lost');
    return answer;
  };
}

export function unreliableActivities(
  activities: HostActivities,
  { faults, random }: Omit<FaultSource, 'clock'>,
): HostActivities {
  const unreliable =
    <Input, Answer>(act: (input: Input) => Promise<Answer>) =>
    async (input: Input): Promise<Answer> => {
      if (random.chance(faults.activitiesFail ?? 0)) throw new Error('simulated: the activity did not begin');
      const answer = await act(input);
      if (random.chance(faults.activityAnswersLost ?? 0)) throw new Error('simulated: the answer was lost');
      return answer;
    };
  return {
    launchTasks: unreliable((input) => activities.launchTasks(input)),
    stopTasks: unreliable((input) => activities.stopTasks(input)),
    attendInstance: unreliable((input) => activities.attendInstance(input)),
  };
}

const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });
