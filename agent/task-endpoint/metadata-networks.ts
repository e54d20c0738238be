/** The networks of a container in the form of ECS's metadata. Pure. */
import type { ContainerInspectInfo } from 'dockerode';
import { privateDnsName, type TaskAddress } from '../../activities/host/launch/task-report.ts';
import { defined } from '../../model/defined.ts';

/** Docker's resolver of the networks that users define. */
const RESOLVER = '127.0.0.11';

/** Docker's own networks: the bridge, the host's, or others that somebody connected. An ended container has no addresses. */
export function dockerNetworks(info: ContainerInspectInfo | undefined): object[] {
  return Object.entries(info?.NetworkSettings.Networks ?? {}).map(([name, network]) => ({
    NetworkMode: name,
    ...(network.IPAddress === '' ? {} : { IPv4Addresses: [network.IPAddress] }),
    ...(network.GlobalIPv6Address === '' ? {} : { IPv6Addresses: [network.GlobalIPv6Address] }),
  }));
}

/** The network interface of an awsvpc task, which its pause container holds. */
export function awsvpcNetworks(address: TaskAddress | undefined, pause: ContainerInspectInfo | undefined): object[] {
  if (address === undefined) return [];
  const network = Object.values(pause?.NetworkSettings.Networks ?? {}).find(
    ({ IPAddress }) => IPAddress === address.ipv4,
  );
  return [
    {
      NetworkMode: 'awsvpc',
      IPv4Addresses: [address.ipv4],
      ...defined({ IPv6Addresses: address.ipv6 === undefined ? undefined : [address.ipv6] }),
      AttachmentIndex: 0,
      MACAddress: address.mac,
      ...(network === undefined
        ? {}
        : {
            IPv4SubnetCIDRBlock: `${networkOf(address.ipv4, network.IPPrefixLen)}/${network.IPPrefixLen}`,
            DomainNameServers: [RESOLVER],
            SubnetGatewayIpv4Address: `${network.Gateway}/${network.IPPrefixLen}`,
          }),
      PrivateDNSName: privateDnsName(address),
    },
  ];
}

/** The address with its last bits cleared. */
function networkOf(ipv4: string, prefix: number): string {
  const bits = ipv4.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  const network = Math.floor(bits / size) * size;
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.');
}
