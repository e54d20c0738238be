/**
 * A lookup of names that answers with addresses that Longshore may call. Whoever connects with it calls an address that was
 * checked: a name server cannot give another one in between. The lookup itself comes in, so this is pure.
 */
import { addressFault, type AddressPolicy } from './outgoing-address.ts';

interface Address {
  readonly address: string;
  readonly family: number;
}

type Failure = Error | null;

/** Looks all addresses of a name up, as `dns.lookup` does. With an error it may give no list. */
export type Resolve = (
  name: string,
  options: { readonly all: true },
  answer: (error: Failure, addresses?: Address[]) => void,
) => void;

/** In the form of Node's `LookupFunction`. */
type Lookup = (
  name: string,
  options: { readonly all?: boolean | undefined },
  answer: (error: Failure, address: string | Address[], family?: number) => void,
) => void;

/** A lookup that answers with the allowed addresses of a name, or fails with what is wrong with them. */
export function checkedLookup(policy: AddressPolicy, resolve: Resolve): Lookup {
  return (name, options, answer) => {
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

function faultOf(name: string, addresses: readonly Address[], policy: AddressPolicy): string {
  const [fault = ''] = addresses.map(({ address }) => addressFault(address, policy));
  return `${name} has no address that Longshore may call. ${fault}`;
}
