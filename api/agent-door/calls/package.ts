/** The calls by which an agent gets the code of this control plane's version. Only that one file is served. */
import { z } from 'zod';
import {
  type AgentPackage,
  type AgentPackagePiece,
  DESCRIBE_AGENT_PACKAGE,
  type DescribeAgentPackage,
  MOST_PACKAGE_BYTES,
  READ_AGENT_PACKAGE,
  type ReadAgentPackage,
} from '../../../model/agent-package.ts';
import type { AgentDoorCall } from '../call.ts';

export const describeAgentPackage: AgentDoorCall<DescribeAgentPackage, AgentPackage> = {
  name: DESCRIBE_AGENT_PACKAGE,
  request: z.object({ platform: z.string().regex(/^[a-z0-9]{1,20}-[a-z0-9]{1,20}$/) }),
  callers: ['agent'],
  handle: (request, { packages }) => packages.describe(request),
};

export const readAgentPackage: AgentDoorCall<ReadAgentPackage, AgentPackagePiece> = {
  name: READ_AGENT_PACKAGE,
  request: z.object({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    offset: z.number().int().min(0).max(MOST_PACKAGE_BYTES),
  }),
  callers: ['agent'],
  async handle(request, { packages, beginPiece }) {
    beginPiece();
    return { data: (await packages.read(request)).toString('base64') };
  },
};
