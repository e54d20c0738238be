/**
 * Workflow interceptor for the time-skipping server: a timer that is no longer needed is ignored, not cancelled.
 *
 * A timer may fire while a workflow task is under way. If that workflow task cancels it, Temporal accepts this; the
 * time-skipping server refuses the workflow task for good, keeps it as begun, and so stops its clock for everything
 * that follows (temporalio/sdk-java issues 2606 and 3088). A timer that fires and is ignored changes nothing.
 */
import { CancellationScope, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      startTimer: async (input, next) => {
        const { cancelRequested } = CancellationScope.current();
        await Promise.race([CancellationScope.nonCancellable(() => next(input)), cancelRequested]);
      },
    },
  ],
});
