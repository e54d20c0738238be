/** Connections to addresses that webhooks may go to. A name is looked up once for each connection. */
import * as dns from 'node:dns';
import { Agent } from 'undici';
import { checkedLookup, type Resolve } from '../../model/checked-lookup.ts';
import type { AddressPolicy } from '../../model/outgoing-address.ts';

/** Makes the agent through which webhooks are called. It does not check addresses that stand in a URL. */
export const checkedConnections = (policy: AddressPolicy, resolve: Resolve = dns.lookup): Agent =>
  new Agent({ connect: { lookup: checkedLookup(policy, resolve) } });
