/** Checks addresses, host names and users, which the engine would refuse, or misread, at the launch. */
import ipaddr from 'ipaddr.js';
import type { ContainerRule } from './definition.ts';
import { eachContainer, nameOf } from './definition.ts';

/** RFC 1123, with the underscores that Docker allows. */
const HOSTNAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;
/** `.` stands for no search domains. */
const SEARCH_DOMAIN = (text: string): boolean => text === '.' || HOSTNAME.test(text);
/** Docker's word for the host's own address on the bridge. */
const HOST_GATEWAY = 'host-gateway';
/** `user`, `uid`, with or without `:group` or `:gid`. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.$-]*(:[A-Za-z0-9_][A-Za-z0-9_.$-]*)?$/;
const MOST_UID = 2 ** 31 - 1;

const isAddress = (text: string): boolean => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

const names: ContainerRule = function* (container) {
  const of = `of container '${nameOf(container)}'`;
  for (const server of container.dnsServers ?? []) {
    if (!isAddress(server)) yield `The DNS server '${server}' ${of} is not an IP address.`;
  }
  for (const domain of container.dnsSearchDomains ?? []) {
    if (!SEARCH_DOMAIN(domain)) yield `The DNS search domain '${domain}' ${of} is invalid.`;
  }
  for (const { hostname = '', ipAddress = '' } of container.extraHosts ?? []) {
    if (hostname === '' || ipAddress === '') continue;
    if (!HOSTNAME.test(hostname)) yield `The hostname '${hostname}' of extraHosts ${of} is invalid.`;
    if (ipAddress !== HOST_GATEWAY && !isAddress(ipAddress)) {
      yield `The ipAddress '${ipAddress}' of extraHosts ${of} is not an IP address.`;
    }
  }
  const { hostname, user, workingDirectory } = container;
  if (hostname && !HOSTNAME.test(hostname)) yield `The hostname '${hostname}' ${of} is invalid.`;
  if (user && !isUser(user)) {
    yield `The user '${user}' ${of} is invalid. Write user, user:group, uid, uid:gid, user:gid or uid:group.`;
  }
  if (workingDirectory && !workingDirectory.startsWith('/')) {
    yield `The workingDirectory ${of} must be an absolute path.`;
  }
};

const isUser = (user: string): boolean =>
  USER.test(user) && user.split(':').every((part) => !/^\d+$/.test(part) || Number(part) <= MOST_UID);

export const namesRule = eachContainer(names);
