/** The door's own connection to Temporal. Nothing of an agent's but the messages goes through it: no header, no retry. */
import { status } from '@grpc/grpc-js';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { temporalConnectionOptions, type TemporalSettings } from '../../../model/temporal-settings.ts';
import { GrpcRefusal } from '../grpc/status.ts';

/** The methods of Temporal's WorkflowService by their names in code. */
export type WorkflowService = Connection['workflowService'];

export interface CallBounds {
  /** Ends the call at Temporal too: an agent that is gone must get no task. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

export interface Upstream {
  readonly namespace: string;
  /** Throws GrpcRefusal with Temporal's answer. */
  call<T>(bounds: CallBounds, call: (service: WorkflowService) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Rejects if Temporal does not answer. */
export async function connectUpstream(settings: TemporalSettings): Promise<Upstream> {
  // The agent's SDK repeats its calls itself.
  const connection = await Connection.connect({ ...temporalConnectionOptions(settings), interceptors: [] });
  return {
    namespace: settings.namespace,
    async call({ signal, deadline }, call) {
      if (signal.aborted) throw new GrpcRefusal(status.CANCELLED, 'The caller is gone.');
      try {
        return await connection.withDeadline(deadline, () =>
          connection.withAbortSignal(signal, () => call(connection.workflowService)),
        );
      } catch (error) {
        throw asRefusal(error);
      }
    },
    close: () => connection.close(),
  };
}

/** gRPC's own header for details, which Temporal's SDK tells errors apart by. */
const DETAILS = 'grpc-status-details-bin';

function asRefusal(error: unknown): unknown {
  if (!isGrpcServiceError(error)) return error;
  const [details] = error.metadata.get(DETAILS);
  return new GrpcRefusal(error.code, error.details, Buffer.isBuffer(details) ? details : undefined);
}
