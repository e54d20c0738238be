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

/** Leads to those ports of 127.0.0.1 in turns, as an address of several servers does. A port that nobody listens on is left out. */
export async function layCable(...to: readonly number[]): Promise<Cable> {
  let isCut = false;
  let turn = 0;
  const sockets = new Set<Socket>();
  const lead = (near: Socket, attempts: number): void => {
    const far = connect(to[turn % to.length]!, '127.0.0.1');
    turn += 1;
    sockets.add(far);
    const onRefused = (): void => {
      if (attempts > 1) lead(near, attempts - 1);
      else near.destroy();
    };
    far.once('error', onRefused);
    far.once('connect', () => {
      far.off('error', onRefused);
      far.on('error', () => near.destroy());
      near.on('data', (bytes) => isCut || far.write(bytes));
      far.on('data', (bytes) => isCut || near.write(bytes));
      near.on('close', () => isCut || far.destroy());
      far.on('close', () => isCut || near.destroy());
    });
  };
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    // A cut cable takes no connection: the caller's attempt stays without an answer.
    if (isCut) near.pause();
    else lead(near, to.length);
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
