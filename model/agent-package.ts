/** How an agent gets the code of the control plane's version through the agent door. */
import type { AgentBuild } from './agent-update.ts';

/** Takes a DescribeAgentPackage, answers an AgentPackage. */
export const DESCRIBE_AGENT_PACKAGE = 'DescribeAgentPackage';
/** Takes a ReadAgentPackage, answers an AgentPackagePiece. */
export const READ_AGENT_PACKAGE = 'ReadAgentPackage';

/** The most bytes of a piece. As base64 it fits into one message. */
export const PIECE_BYTES = 2 * 1024 * 1024;
/** No package is larger. Bytes. */
export const MOST_PACKAGE_BYTES = 512 * 1024 * 1024;

export interface DescribeAgentPackage {
  /** For what the agent's code is, as Node.js names it: `linux-x64`. */
  readonly platform: string;
}

/** A gzipped tar of the agent's code and of the packages that it uses. */
export interface AgentPackage extends AgentBuild {
  readonly sizeBytes: number;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
}

export interface ReadAgentPackage {
  /** Of the package to which the piece belongs. */
  readonly sha256: string;
  /** Where in the file the piece begins. */
  readonly offset: number;
}

export interface AgentPackagePiece {
  /** At most PIECE_BYTES as base64, less only at the file's end. */
  readonly data: string;
}

/** Where the package comes from: a file of the control plane, or for an agent the agent door. */
export interface AgentPackageSource {
  /** Rejects with a refusal for another platform than those that are served. */
  describe(request: DescribeAgentPackage): Promise<AgentPackage>;
  /** At most PIECE_BYTES. Rejects with a refusal for another file, and for an offset beyond its end. */
  read(request: ReadAgentPackage): Promise<Buffer>;
}
