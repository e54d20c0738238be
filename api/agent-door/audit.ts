/** Records what the agent door refused: which agent, which call, and why. */
import { randomUUID } from 'node:crypto';
import { containerInstanceArn, type Partition } from '../../model/arn.ts';
import type { AuditIdentity, AuditRecord } from '../../model/audit.ts';
import { inSeconds, unknownIdentity } from '../audit/identity.ts';
import { AuditLedger, type LedgerOptions } from '../audit/ledger.ts';
import { OWN_SERVICE, UNKNOWN_OPERATION } from '../audit/named-call.ts';
import { EVENT_VERSION } from '../audit/record.ts';
import { printable } from '../protocol/printable.ts';
import type { AgentIdentity, JoinIdentity } from './identity.ts';

/** Characters of what an agent said. */
const MOST_SAID = 500;
/** How the names of gRPC's methods look. */
const METHOD = /^[A-Z][A-Za-z]{0,63}$/;

export interface RefusedAgentCall {
  /** Absent: the certificate is not, or no longer, one that opens the door. */
  readonly identity: AgentIdentity | JoinIdentity | undefined;
  readonly address: string;
  /** The gRPC path. */
  readonly path: string;
  readonly message: string;
}

export class AgentDoorAudit {
  readonly #ledger: AuditLedger;
  readonly #partition: Partition;
  readonly #writing = new Set<Promise<void>>();

  constructor(options: LedgerOptions) {
    this.#ledger = new AuditLedger(options);
    this.#partition = options.partition;
  }

  /** Records the call unless there are too many. The caller does not wait for it. Returns the record's id. */
  refused(call: RefusedAgentCall): string {
    const requestId = randomUUID();
    const { identity, address } = call;
    const source = identity === undefined ? address : sourceOf(identity);
    // Hosts are many, and each may be in hostile hands: all of them share what unknown callers have.
    const from = { source, known: false, requestId };
    const written = this.#ledger.writeRefused(from, (at) => refusedRecord(call, { at, requestId, ...this.#partition }));
    this.#writing.add(written);
    void written.finally(() => this.#writing.delete(written));
    return requestId;
  }

  /** Waits for what is being written, records what was left out, and ends. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
    await this.#ledger.close();
  }
}

const sourceOf = (identity: AgentIdentity | JoinIdentity): string =>
  identity.kind === 'agent' ? identity.containerInstanceId : identity.tokenId;

function refusedRecord(
  { identity, address, path, message }: RefusedAgentCall,
  { at, requestId, ...partition }: Partition & { readonly at: number; readonly requestId: string },
): AuditRecord {
  const method = path.slice(path.lastIndexOf('/') + 1);
  const userIdentity = identity === undefined ? unknownIdentity(undefined) : identityOf(identity, partition);
  const resources = userIdentity.arn === undefined ? [] : [instanceAt(userIdentity.arn, partition)];
  return {
    at,
    event: {
      ...{ eventVersion: EVENT_VERSION, userIdentity, eventTime: inSeconds(at), eventSource: OWN_SERVICE },
      ...{ eventName: METHOD.test(method) ? method : UNKNOWN_OPERATION, awsRegion: partition.region },
      ...{ sourceIPAddress: address, errorCode: 'AccessDeniedException', errorMessage: said(message) },
      ...{ requestParameters: { path: said(path) }, responseElements: null },
      ...{ requestID: requestId, eventID: requestId, readOnly: false },
      ...(resources.length === 0 ? {} : { resources }),
      ...{ eventType: 'AwsServiceEvent', managementEvent: true },
      ...{ recipientAccountId: partition.account, eventCategory: 'Management' },
    },
  };
}

const said = (text: string): string => printable(text).slice(0, MOST_SAID);

const instanceAt = (ARN: string, { account: accountId }: Partition) => ({
  ...{ ARN, accountId, type: 'AWS::ECS::ContainerInstance' },
});

function identityOf(identity: AgentIdentity | JoinIdentity, partition: Partition): AuditIdentity {
  if (identity.kind === 'join') {
    const { tokenId } = identity;
    return { type: 'JoinToken', principalId: tokenId, userName: tokenId };
  }
  const { clusterName, containerInstanceId: id } = identity;
  const arn = containerInstanceArn(partition, clusterName, id);
  return { type: 'ContainerInstance', principalId: id, arn, accountId: partition.account, userName: id };
}
