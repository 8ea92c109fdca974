import { createServer, connect as open, type Server, type Socket } from 'node:net';

/** A way to a server that can fall silent without breaking: what a network partition looks like from inside. */
export interface SilentProxy {
  readonly port: number;
  /** From now on nothing passes; connections stay open, and new ones are taken and not answered. */
  silence(): void;
  /** From now on new connections pass; those that hung are broken. */
  heal(): void;
  close(): Promise<void>;
}

/** Opens it before a port of this machine. */
export async function silentProxy(port: number): Promise<SilentProxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  const server: Server = createServer((near) => {
    const far = open(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('data', (chunk) => void (silent || to.write(chunk)));
      from.once('close', () => {
        sockets.delete(from);
        if (!silent) to.destroy();
      });
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { readonly port: number }).port,
    silence: () => {
      silent = true;
    },
    heal() {
      end();
      silent = false;
    },
    async close() {
      end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
