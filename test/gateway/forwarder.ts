import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A loopback forwarder that adds the Authorization header for clients that can't; everything else passes as it is, Host too. */
export async function addAuthorization(target: string, authorization: string): Promise<{ readonly url: string; close(): void }> {
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((req, res) => {
    const headers = { ...req.headers, authorization };
    const onward = httpRequest({ hostname, port, path: pathname, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      answer.pipe(res);
      answer.on('error', () => res.destroy());
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${pathname}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
