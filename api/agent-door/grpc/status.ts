/** A call that ends with a status of gRPC's. */
import { status } from '@grpc/grpc-js';

/** Ends a call. The caller sees the code and the message. */
export class GrpcRefusal extends Error {
  override readonly name: string = 'GrpcRefusal';
  readonly code: status;
  /** Temporal's own details of an error, by which its SDK tells errors apart. */
  readonly details: Buffer | undefined;

  constructor(code: status, message: string, details?: Buffer) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A call for what the caller must not do. The door logs it. */
export class Forbidden extends GrpcRefusal {
  override readonly name = 'Forbidden';

  constructor(message: string) {
    super(status.PERMISSION_DENIED, message);
  }
}

const MOST_TEXT = 2_000;

/** A message as the header `grpc-message` has it: percent-encoded as far as clients decode it. */
export const headerText = (message: string): string => encodeURI(Buffer.from(message.slice(0, MOST_TEXT)).toString());
