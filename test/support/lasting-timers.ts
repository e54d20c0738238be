/**
 * Workflow interceptor for the time-skipping server: a timer that is given up is forgotten, not cancelled.
 *
 * A timer may fire while a workflow's step is under way. When that step cancels it, Temporal forgives; the time-skipping
 * server refuses the step for good, keeps it as begun, and with it holds its clock for all that follow (temporalio/sdk-java
 * issues 2606 and 3088). A timer that fires for nobody changes nothing.
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
