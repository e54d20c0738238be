/** A cable between two programs that a test can cut: TCP connections pass through it, or nothing does. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  /** From now on no byte passes, and nobody is told: packets are lost on the way. */
  cut(): void;
  /** Connections that were cut stay silent; new ones pass. */
  mend(): void;
  close(): void;
}

/** Leads to that port of 127.0.0.1. */
export async function layCable(to: number): Promise<Cable> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    // A cut cable takes no connection: the caller's attempt stays without an answer.
    if (isCut) return void near.pause();
    const far = connect(to, '127.0.0.1');
    sockets.add(far);
    far.on('error', () => near.destroy());
    near.on('data', (bytes) => isCut || far.write(bytes));
    far.on('data', (bytes) => isCut || near.write(bytes));
    near.on('close', () => isCut || far.destroy());
    far.on('close', () => isCut || near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => (isCut = true),
    mend: () => {
      isCut = false;
      // What the cut connections lost cannot be made up for.
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
