/** Which errors are Temporal's own, and must reach it. */
import { ApplicationFailure, DeterminismViolationError, TemporalFailure } from '@temporalio/workflow';

/** A cancellation, say. A refusal of the store is none, nor is an error that nobody foresaw: these are the owner's to handle. */
export const isControlFlow = (error: unknown): boolean =>
  (error instanceof TemporalFailure && !(error instanceof ApplicationFailure)) ||
  error instanceof DeterminismViolationError;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
