/** Tells whether a port of this machine is free, by listening on it for a moment. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** False when a program of this machine has the port, on whatever address. */
export const isFreePort = (port: number, protocol: 'tcp' | 'udp'): Promise<boolean> =>
  protocol === 'udp' ? isFreeUdp(port) : isFreeTcp(port);

function isFreeTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0' }, () => server.close(() => resolve(true)));
  });
}

function isFreeUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '0.0.0.0', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
