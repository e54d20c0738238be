/**
 * Connections to addresses that webhooks may go to. A name is looked up once for each connection, and the addresses that were
 * checked are those that are called: a name server cannot give another one in between.
 */
import * as dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { addressFault, type AddressPolicy } from '../../model/webhook-address.ts';

export type Resolve = (
  name: string,
  options: dns.LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses?: dns.LookupAddress[]) => void,
) => void;

/** Makes the agent through which webhooks are called. It does not check addresses that stand in a URL. */
export const checkedConnections = (policy: AddressPolicy, resolve: Resolve = dns.lookup): Agent =>
  new Agent({ connect: { lookup: checkedLookup(policy, resolve) } });

/** A lookup that answers with the allowed addresses of a name, or fails with what is wrong with them. */
function checkedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (name, options, answer) => {
    // With an error Node gives no list.
    resolve(name, { ...options, all: true }, (error, addresses = []) => {
      const allowed = addresses.filter(({ address }) => addressFault(address, policy) === undefined);
      const [first] = allowed;
      if (error) answer(error, []);
      else if (first === undefined) answer(new Error(faultOf(name, addresses, policy)), []);
      else if (options.all === true) answer(null, allowed);
      else answer(null, first.address, first.family);
    });
  };
}

function faultOf(name: string, addresses: readonly dns.LookupAddress[], policy: AddressPolicy): string {
  const [fault = ''] = addresses.map(({ address }) => addressFault(address, policy));
  return `${name} has no address that webhooks may go to. ${fault}`;
}
