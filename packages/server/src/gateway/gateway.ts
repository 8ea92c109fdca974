import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayDoors } from './doors.ts';
import { type Front, offersOf } from './front.ts';
import { openGates } from './gates.ts';
import { serveHttp } from './http.ts';
import { type Change, methodOf, openListens } from './listen.ts';
import { statusTool, submitTool, withdrawTool } from './own-tools/batches.ts';
import { listTool } from './own-tools/list.ts';
import { waitTool } from './own-tools/wait.ts';
import { sendError } from './reply.ts';
import { errorText, notificationText, rpcCodes } from './rpc.ts';
import { openSessions } from './sessions.ts';

const closeWaitMs = 2_000;

/** The front that clients talk to, once opened. */
export interface Gateway {
  listen(host: string, port: number): Promise<{ readonly url: string; readonly port: number }>;
  /** Tells clients that lists of this connection changed; what kind, where it is known. */
  notifyListChanged(connection: string, kind?: 'tools' | 'prompts' | 'resources'): void;
  /** Tells those who subscribed that one resource changed; `person` where the upstream belongs to one. */
  notifyResourceUpdated(connection: string, uri: string, person?: string): void;
  /** Ends sessions and streams, and waits until the port is free. */
  close(): Promise<void>;
}

/** Opens the gateway's front. It decides nothing: every call goes through `handle`, every list comes from `offer`. */
export function openGateway(doors: GatewayDoors): Gateway {
  const { config, clock } = doors;
  const front: Front = {
    ...doors,
    ...ownTools(doors),
    sessions: openSessions(config, clock),
    listens: openListens(),
    refusedTasks: new Map(),
    recentOffer: offersOf(doors),
  };
  const open = { count: 0 };
  const server = serverOf(front, open);
  const notify = (change: Change) => {
    front.listens.notify(change);
    for (const session of front.sessions.all()) {
      if (session.connection !== change.connection || !session.standalone) continue;
      // What one person's upstream said is told to nobody else.
      if (change.person !== undefined && change.person !== session.person) continue;
      if (change.kind === 'resource' && !session.subscribed.has(change.uri ?? '')) continue;
      session.standalone.send(notificationText(methodOf(change.kind), change.uri === undefined ? {} : { uri: change.uri }));
    }
  };
  return {
    listen: (host, port) => listening(server, host, port),
    notifyListChanged(connection, kind) {
      for (const one of kind ? [kind] : (['tools', 'prompts', 'resources'] as const)) notify({ connection, kind: one });
    },
    notifyResourceUpdated: (connection, uri, person) =>
      notify({ connection, kind: 'resource', uri, ...(person !== undefined && { person }) }),
    async close() {
      front.sessions.close();
      front.listens.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // What is being answered may still be answered; a connection on which nothing is asked is not waited for.
      const giveUpAtMs = performance.now() + closeWaitMs;
      while (open.count > 0 && performance.now() < giveUpAtMs) await new Promise((resolve) => setTimeout(resolve, 5));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Our own tools, in the order in which they are listed. */
function ownTools(doors: GatewayDoors): Pick<Front, 'own' | 'ownWithoutBatches'> {
  const { tickets, batches } = doors;
  const ofTickets = tickets ? [waitTool(doors, tickets), listTool(tickets)] : [];
  const ofBatches = batches ? [submitTool(batches), statusTool(batches), withdrawTool(batches)] : [];
  return { own: [...ofTickets, ...ofBatches], ownWithoutBatches: ofTickets };
}

function serverOf(front: Front, open: { count: number }): Server {
  const { config } = front;
  const gates = openGates(config);
  const server = createServer(
    {
      maxHeaderSize: config.headerBytesMax,
      headersTimeout: config.headersTimeoutMs,
      requestTimeout: config.requestTimeoutMs,
      keepAliveTimeout: config.idleTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, config.headersTimeoutMs, config.requestTimeoutMs),
      noDelay: true,
    },
    (req, res) => {
      open.count++;
      res.once('close', () => open.count--);
      serveHttp(front, gates, req, res).catch((error: unknown) => {
        front.log('a request failed unexpectedly', error);
        sendError(res, null, {
          status: 500,
          code: rpcCodes.internal,
          message: 'Trapkey failed while serving this request; nothing was called that the record does not show.',
        });
        if (!res.writableEnded) res.destroy();
      });
    },
  );
  server.maxConnections = config.connectionsMax;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy();
    const [status, says] = clientErrors[error.code ?? ''] ?? ['400 Bad Request', 'This is not HTTP as it is spoken here.'];
    const body = errorText(null, { code: rpcCodes.transport, message: says });
    socket.end(
      `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  return server;
}

const clientErrors: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time. Nothing was called.'],
};

function listening(server: Server, host: string, port: number): Promise<{ readonly url: string; readonly port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const at = server.address() as AddressInfo;
      resolve({ url: `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`, port: at.port });
    });
  });
}
