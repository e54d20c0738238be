/**
 * What Longshore may call because somebody named it: receivers of webhooks and issuers of web identities. No link-local
 * addresses, which answer whoever is on the machine (a cloud hands out credentials there), and the machine itself only where
 * nobody else can name it. Pure.
 */
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

export interface AddressPolicy {
  /** Whether Longshore may call the machine itself. */
  readonly loopback: boolean;
  /** Addresses and subnets that the operator allows in any case, such as `127.0.0.1` or `fd00::/8`. */
  readonly allowed: readonly string[];
}

/** Whether the text is an address or a subnet of IPv4 or IPv6. */
export const isSubnet = (text: string): boolean =>
  ipaddr.isValidCIDR(text) || ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** Why Longshore may not call the host of a URL as far as its text tells; undefined if it may. */
export function hostFault(hostname: string, policy: AddressPolicy): string | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(host)) return addressFault(host, policy);
  if (!/^(?:.*\.)?localhost\.?$/i.test(host)) return undefined;
  const faults = ['127.0.0.1', '::1'].map((address) => addressFault(address, policy));
  return faults.includes(undefined) ? undefined : faults[0];
}

/** Why Longshore may not call the address; undefined if it may. */
export function addressFault(text: string, policy: AddressPolicy): string | undefined {
  if (!ipaddr.isValid(text)) return `${text} is no IP address.`;
  const address = meant(ipaddr.parse(text));
  if (policy.allowed.some((subnet) => isIn(address, subnet))) return undefined;
  const advice = 'Only LONGSHORE_WEBHOOK_ALLOW can allow it.';
  if (isOfCloud(address)) return `Longshore does not call ${text}, a link-local or metadata address. ${advice}`;
  if (isOwn(address) && !policy.loopback) {
    return `Longshore calls ${text}, this machine itself, only where it listens on loopback alone. ${advice}`;
  }
  return undefined;
}

/** Link-local addresses, and those at which clouds answer their own machines. */
const CLOUD: readonly string[] = [
  '169.254.0.0/16',
  'fe80::/10',
  // AWS
  'fd00:ec2::/32',
  // Google
  'fd20:ce::254/128',
  // Alibaba
  '100.100.100.200/32',
  // Oracle
  '192.0.0.192/32',
  // Azure
  '168.63.129.16/32',
];

/** Connections to the address of no machine reach this one, too. */
const OWN: readonly string[] = ['127.0.0.0/8', '::1/128', '0.0.0.0/8', '::/128'];

const isOfCloud = (address: Address): boolean => CLOUD.some((subnet) => isIn(address, subnet));
const isOwn = (address: Address): boolean => OWN.some((subnet) => isIn(address, subnet));

function isIn(address: Address, subnet: string): boolean {
  const [network, bits] = subnet.includes('/') ? ipaddr.parseCIDR(subnet) : [ipaddr.parse(subnet), undefined];
  if (network.kind() !== address.kind()) return false;
  return address.match([network, bits ?? network.toByteArray().length * 8]);
}

/** Prefixes of IPv6 addresses that stand for an IPv4 address, and the byte at which that one begins. */
const EMBEDDING: readonly (readonly [prefix: string, at: number])[] = [
  ['::ffff:0:0/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['64:ff9b::/96', 12],
  ['2002::/16', 2],
];

/** The IPv4 address for which an IPv6 address stands; any other address itself. */
function meant(address: Address): Address {
  if (address.kind() === 'ipv4') return address;
  const at = EMBEDDING.find(([prefix]) => isIn(address, prefix))?.[1];
  return at === undefined ? address : ipaddr.fromByteArray(address.toByteArray().slice(at, at + 4));
}
