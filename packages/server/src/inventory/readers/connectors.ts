import { isIP } from 'node:net';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { revealed } from '../../kernel/revealed.ts';
import type { Launch, ScannedConnector } from '../../kernel/scan.ts';
import { barredAddress } from './addresses.ts';
import type { Notice } from './files.ts';
import { objectOf, stringOf, stringsOf } from './json.ts';
import { secretNames, shownCommand, shownUrl, variablesIn } from './masked.ts';
import { pinnedCommand } from './pinned.ts';

const connectorsMax = 2_000;

/** A connector entry as read, with how it would be opened kept apart from what may be shown. */
export interface ReadConnector {
  readonly entry: Pick<ScannedConnector, 'name' | 'transport' | 'url' | 'command' | 'secrets' | 'coverage'>;
  readonly launch: Launch;
  /** Host and package that the bundled catalog knows it by. */
  readonly identity: { readonly host: string | undefined; readonly words: string };
  readonly tools: readonly JsonObject[];
}

/** The connectors of an `mcpServers` object. */
export function readConnectors(servers: JsonObject | undefined, file: string, plugin: string, notice: Notice): readonly ReadConnector[] {
  return Object.entries(servers ?? {})
    .slice(0, connectorsMax)
    .flatMap(([name, value]) => {
      const entry = objectOf(value);
      return entry ? [readConnector(name, entry, { file, plugin, notice })] : [];
    });
}

interface Where {
  readonly file: string;
  readonly plugin: string;
  readonly notice: Notice;
}

function readConnector(name: string, entry: JsonObject, where: Where): ReadConnector {
  const url = stringOf(entry['url']) ?? stringOf(entry['serverUrl']);
  const program = stringOf(entry['command']);
  const command = program === undefined ? undefined : [program, ...stringsOf(entry['args'])];
  const env = textsOf(objectOf(entry['env']));
  const headers = textsOf(objectOf(entry['headers']));
  const kind = stringOf(entry['type']);
  const transport = command ? 'stdio' : url === undefined || url === '' ? 'none' : kind === 'sse' || kind === 'ws' ? kind : 'http';
  const shown = revealed(name.slice(0, 100));
  const tell = (rule: string, severity: 'high' | 'medium' | 'low', says: string) =>
    where.notice({ rule, severity, says: `${shown} ${says}`, file: where.file, plugin: where.plugin });
  if (url !== undefined && url !== '') checkUrl(url, tell);
  if (command) {
    const loose = pinnedCommand(command);
    if (loose !== undefined) tell('unpinned', 'high', `runs ${loose}, whatever that is on the day; name an exact version`);
  }
  if (transport === 'none') tell('no_address', 'low', 'has no address; its host decides where it leads');
  if (stringOf(entry['headersHelper']) !== undefined) tell('runs_helper', 'medium', 'runs a command for its headers each time it connects');
  const secrets = [...secretNames(env), ...secretNames(headers), ...variablesIn(url ?? ''), ...(command ?? []).flatMap(variablesIn)];
  return {
    entry: {
      name: shown,
      transport,
      ...(url !== undefined && url !== '' && { url: shownUrl(url) }),
      ...(command && { command: shownCommand(command) }),
      secrets: [...new Set(secrets)],
      coverage: isGateway(url, command) ? 'gateway' : 'not covered',
    },
    launch: { ...(url !== undefined && url !== '' && { url, headers }), ...(command && { command, env }) },
    identity: { host: hostOf(url), words: `${name} ${(command ?? []).join(' ')}`.toLowerCase() },
    tools: [],
  };
}

function checkUrl(url: string, tell: (rule: string, severity: 'high' | 'medium' | 'low', says: string) => void): void {
  if (/^\$\{/.test(url)) return;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed) {
    tell('odd_address', 'medium', 'has an address that is none');
    return;
  }
  const local = /^(localhost|127\.|\[::1\])/.test(parsed.hostname);
  if (!['https:', 'http:', 'wss:', 'ws:'].includes(parsed.protocol))
    tell('odd_address', 'high', `has an address of the kind ${parsed.protocol}, which is no way to a server`);
  if ((parsed.protocol === 'http:' || parsed.protocol === 'ws:') && !local)
    tell('plain_http', 'high', `is reached without encryption, at ${parsed.hostname}`);
  if (parsed.password !== '' || parsed.username !== '') tell('secret_in_address', 'high', 'carries credentials in its address');
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  if (!local && isIP(host) !== 0 && barredAddress(host, false) !== undefined)
    tell('private_address', 'medium', `leads to the private address ${parsed.hostname}`);
}

/** Whether calls go through a Trapkey gateway: its paths name plugin, version and connector. */
function isGateway(url: string | undefined, command: readonly string[] | undefined): boolean {
  // As installed, through npx, or from a checkout.
  const ours = /(^|[\\/])(trapkey(@[\d.]+)?|trapkey\.m?js|packages[\\/]server[\\/]src[\\/]main\.ts)$/;
  if (command) return command.slice(0, 6).some((word) => ours.test(word)) && command.includes('stdio');
  return url !== undefined && /^https?:\/\/[^/]+\/p\/[\w.-]+\/\d+\.\d+\.\d+[^/]*\/[\w.-]+\/?$/.test(url);
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}

function textsOf(value: JsonObject | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).flatMap(([key, one]) => (typeof one === 'string' ? [[key, one] as const] : [])));
}
