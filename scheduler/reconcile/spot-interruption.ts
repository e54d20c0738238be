/** Tasks that leave an instance after the notice of a spot interruption stop with ECS's code for it. */
import type { ServiceTask, StopDecision } from '../service/types.ts';

export const SPOT_INTERRUPTION = {
  stopCode: 'SpotInterruption',
  stoppedReason: 'Your Spot Task was interrupted.',
} as const satisfies Pick<StopDecision, 'stopCode' | 'stoppedReason'>;

/** The stops; those that drain an interrupted instance get that code. */
export function withSpotInterruption(
  stops: readonly StopDecision[],
  tasks: readonly Pick<ServiceTask, 'taskId' | 'containerInstanceId'>[],
  interrupted: readonly string[],
): readonly StopDecision[] {
  if (interrupted.length === 0 || stops.length === 0) return stops;
  const leaving = new Set(tasks.flatMap((t) => (interrupted.includes(t.containerInstanceId) ? [t.taskId] : [])));
  return stops.map((stop) => {
    const drains = stop.because === 'draining' || stop.because === 'drainingPending';
    return drains && leaving.has(stop.taskId) ? { ...stop, ...SPOT_INTERRUPTION, because: 'spotInterrupted' } : stop;
  });
}
