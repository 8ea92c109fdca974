import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { Terminal } from './credential.ts';
import { openBridge } from './stdio-bridge.ts';
import { readToken } from './token.ts';

/** The endpoint of a plugin's current release: at the gateway that runs, or at one opened in this process. */
export interface StdioDoor {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens it for one client; `globals` are the options of the program itself. */
export type OpenStdioDoor = (globals: Readonly<Record<string, unknown>>, plugin: string, connector: string) => Promise<StdioDoor>;

const drainMs = 5_000;
const lineCharactersMax = 8 * 1024 * 1024;

const help = `
The token is read from TRAPKEY_TOKEN, or from the file that TRAPKEY_TOKEN_FILE or --token-file names; never from an argument.

Example, as a client starts it:
  {"command": "trapkey", "args": ["stdio", "sales", "crm"], "env": {"TRAPKEY_TOKEN_FILE": "/home/ann/.trapkey-token"}}

Where the gateway runs as another user or elsewhere, name the endpoint; nothing but the token is needed then:
  $ trapkey stdio sales crm --endpoint https://trapkey.corp.example/p/sales/2.1.0/crm --token-file ~/.trapkey-token`;

/** `trapkey stdio <plugin> <connector>`: a stdio MCP server for local clients; every call is decided by the gateway. */
export function stdioCommand(program: Command, open: OpenStdioDoor, terminal: Terminal): void {
  program
    .command('stdio')
    .description('serve one connector of a plugin to a local client over standard input and output')
    .argument('<plugin>')
    .argument('<connector>')
    .option('--token-file <file>', 'a file that holds the token and that only you can read')
    .option('--endpoint <url>', 'the endpoint as the client configuration names it; then no data folder is needed')
    .addHelpText('after', help)
    .action(async (plugin: string, connector: string, options: StdioOptions, self: Command) => {
      const token = await readToken(options.tokenFile, terminal.env);
      const door =
        options.endpoint === undefined
          ? await open(self.optsWithGlobals(), plugin, connector)
          : doorAt(options.endpoint, plugin, connector);
      try {
        await serveLines(terminal, door.url, token);
      } finally {
        await door.close();
      }
    });
}

interface StdioOptions {
  readonly tokenFile?: string;
  readonly endpoint?: string;
}

/** A gateway of another user or machine: its endpoint is as its administrator gave it with the token. */
function doorAt(endpoint: string, plugin: string, connector: string): StdioDoor {
  const url = URL.parse(endpoint);
  const [, p, of, version, at] = url?.pathname.split('/') ?? [];
  const wanted = url && /^https?:$/.test(url.protocol) && p === 'p' && of === plugin && version !== undefined && at === connector;
  if (!wanted) {
    throw new UserError(
      `--endpoint ${endpoint.slice(0, 200)} is no endpoint of ${plugin} ${connector}.`,
      'It looks like https://gateway.example/p/<plugin>/<version>/<connector>; `trapkey connect` prints it.',
    );
  }
  return { url: url.href, close: async () => undefined };
}

/** Passes lines on until the client closes its end, then what is still running is cancelled. */
export async function serveLines(terminal: Pick<Terminal, 'stdin' | 'stdout' | 'stderr'>, url: string, token: string): Promise<void> {
  const bridge = openBridge({ url, token, retryMs: 1_000, write: (line) => terminal.stdout.write(`${line}\n`) });
  const taking = new Set<Promise<void>>();
  for await (const line of createInterface({ input: terminal.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    if (line.length > lineCharactersMax) {
      terminal.stderr.write(`trapkey: a line of ${line.length} characters was dropped; ${lineCharactersMax} is the limit.\n`);
      continue;
    }
    const taken: Promise<void> = bridge.take(line).finally(() => taking.delete(taken));
    taking.add(taken);
  }
  // What was asked before the end may still be answered; what stands open (a subscription) is cancelled then.
  await Promise.race([Promise.allSettled(taking), new Promise((resolve) => setTimeout(resolve, drainMs).unref())]);
  await bridge.close();
  await Promise.allSettled(taking);
}
