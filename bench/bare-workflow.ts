/** The workflow that the references of `fleet` run: nothing but activities. */
import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

/** So many activities, all ordered at once. */
export async function bareActivities(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => nothing()));
}
