/** Fetches the agent package in pieces into a file, and checks that it is whole and what was ordered. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import {
  type AgentPackage,
  type AgentPackageSource,
  MOST_PACKAGE_BYTES,
  PIECE_BYTES,
} from '../../model/agent-package.ts';
import { type AgentBuild, buildName, isSameBuild } from '../../model/agent-update.ts';

/** No later attempt can succeed. The message is a sentence for the operator. */
export class AgentUpdateRefused extends Error {
  override readonly name = 'AgentUpdateRefused';
}

export interface Fetched {
  readonly target: AgentBuild;
  /** As Node.js names it: `linux-x64`. */
  readonly platform: string;
  readonly file: string;
}

/** Rejects with AgentUpdateRefused, and as the source does. */
export async function fetchPackage(source: AgentPackageSource, { target, platform, file }: Fetched): Promise<void> {
  const described = await source.describe({ platform });
  check(described, target);
  const hash = createHash('sha256');
  const out = await fs.promises.open(file, 'w', 0o600);
  try {
    for (let offset = 0; offset < described.sizeBytes;) {
      const piece = await source.read({ sha256: described.sha256, offset });
      const left = described.sizeBytes - offset;
      if (piece.length !== Math.min(left, PIECE_BYTES))
        throw new AgentUpdateRefused(
          `The control plane answered ${piece.length} bytes at ${offset} of the agent package.`,
        );
      hash.update(piece);
      await out.writeFile(piece);
      offset += piece.length;
    }
  } finally {
    await out.close();
  }
  if (hash.digest('hex') !== described.sha256)
    throw new AgentUpdateRefused('The agent package arrived damaged: its SHA-256 is another one.');
}

function check(described: AgentPackage, target: AgentBuild): void {
  if (!isSameBuild(described, target))
    throw new AgentUpdateRefused(
      `The control plane serves the agent ${buildName(described)} by now, and not ${buildName(target)}. Update it again.`,
    );
  if (!(described.sizeBytes > 0 && described.sizeBytes <= MOST_PACKAGE_BYTES))
    throw new AgentUpdateRefused(`An agent package of ${described.sizeBytes} bytes is refused.`);
}
