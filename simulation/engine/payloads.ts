/** Values that cross the engine pass through the SDK's own converters, so that only plain JSON survives. */
import {
  defaultFailureConverter,
  defaultPayloadConverter,
  ensureTemporalFailure,
  type Payload,
  type ProtoFailure,
} from '@temporalio/common';
import Long from 'long';
import type { EpochMs } from '../../model/time.ts';

export type { Payload, ProtoFailure };

export const encodeAll = (values: readonly unknown[]): Payload[] =>
  values.map((value) => defaultPayloadConverter.toPayload(value));

export const decodeAll = (payloads: readonly Payload[] | null | undefined): unknown[] =>
  (payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));

export const encode = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
export const decode = (payload: Payload | null | undefined): unknown =>
  payload ? defaultPayloadConverter.fromPayload(payload) : undefined;

/** Encodes what an activity threw, as a worker does. */
export const encodeError = (error: unknown): ProtoFailure =>
  defaultFailureConverter.errorToFailure(ensureTemporalFailure(error), defaultPayloadConverter);

export const decodeError = (failure: ProtoFailure): Error =>
  defaultFailureConverter.failureToError(failure, defaultPayloadConverter);

export interface ProtoDuration {
  readonly seconds?: Long | null;
  readonly nanos?: number | null;
}

/** Milliseconds; undefined if there is no duration. */
export const toMs = (duration: ProtoDuration | null | undefined): number | undefined =>
  duration ? Number(duration.seconds ?? 0) * 1000 + (duration.nanos ?? 0) / 1e6 : undefined;

export const toTimestamp = (at: EpochMs): { seconds: Long; nanos: number } => ({
  seconds: Long.fromNumber(Math.floor(at / 1000)),
  nanos: (at % 1000) * 1e6,
});
