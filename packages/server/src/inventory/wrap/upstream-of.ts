import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { barredAddress } from '../readers/addresses.ts';
import { objectOf, stringOf, stringsOf } from '../readers/json.ts';
import { shownCommand, shownUrl } from '../readers/masked.ts';

/** How the gateway reaches a wrapped server. Values that may be secret are kept apart and named by variables. */
export interface WrappedUpstream {
  readonly upstream: JsonObject;
  readonly connection: JsonObject;
  /** Values by variable; kept in the data folder, never in policy. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

interface Secrets {
  readonly values: Record<string, string>;
  /** Puts a value away and gives the reference to it. */
  keep(what: string, value: string): string;
}

/** What policy has to say of an entry; a sentence where the gateway cannot stand in front of it. */
export function upstreamOf(
  entry: JsonObject,
  connector: string,
  { folder, privateNetwork }: { readonly folder: string; readonly privateNetwork: boolean },
): WrappedUpstream | string {
  const reason = cannotWrap(entry);
  if (reason !== undefined) return reason;
  const secrets = secretsOf(connector);
  const url = stringOf(entry['url']) ?? stringOf(entry['serverUrl']);
  const program = stringOf(entry['command']);
  if (program !== undefined) return stdio(entry, [program, ...stringsOf(entry['args'])], secrets, folder);
  return url === undefined || url === '' ? 'has no address; its host decides where it leads' : http(entry, url, secrets, privateNetwork);
}

function cannotWrap(entry: JsonObject): string | undefined {
  const kind = stringOf(entry['type']);
  if (kind === 'sse' || kind === 'ws') return `speaks ${kind}, which the gateway does not; use its Streamable HTTP address`;
  if (entry['oauth'] !== undefined) return 'signs each person in by itself (oauth), which the gateway cannot do for them';
  if (stringOf(entry['headersHelper']) !== undefined) return 'gets its headers from a command of the client (headersHelper)';
  const text = JSON.stringify(entry);
  if (/\$\{(CLAUDE_|user_config\.|input:|workspaceFolder|__dirname|extension)/.test(text))
    return 'uses variables that only its client fills in';
  return undefined;
}

function secretsOf(connector: string): Secrets {
  const values: Record<string, string> = {};
  const prefix = `TRAPKEY_WRAPPED_${connector.toUpperCase().replaceAll('-', '_')}`;
  return {
    values,
    keep(what, value) {
      const named = what.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
      let name = `${prefix}_${named}`;
      while (Object.hasOwn(values, name) && values[name] !== value) name += '_';
      values[name] = value;
      return `\${env:${name}}`;
    },
  };
}

/** `${VAR}` of the client becomes `${env:VAR}`; anything else that stands in a value is put away. */
function reference(text: string, what: string, secrets: Secrets): string {
  if (/^(?:[^$]|\$(?!\{))*$/.test(text)) return secrets.keep(what, text);
  const written = text.replaceAll(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_, name: string, otherwise?: string) =>
    otherwise === undefined ? `\${env:${name}}` : secrets.keep(`${what}_${name}`, process.env[name] ?? otherwise),
  );
  return /^(?:Bearer |Basic |)\$\{env:\w+\}$/.test(written) ? written : secrets.keep(what, filledNow(text));
}

function filledNow(text: string): string {
  return text.replaceAll(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_, name: string, otherwise = '') => process.env[name] ?? otherwise);
}

function stdio(entry: JsonObject, command: readonly string[], secrets: Secrets, folder: string): WrappedUpstream {
  const from = stringOf(entry['cwd']) ?? folder;
  const shown = shownCommand(command);
  const words = command.map((word, at) => {
    if (shown[at] !== word || word.includes('${')) return reference(word, `ARG_${at}`, secrets);
    // The process of an upstream has a folder of its own: what was meant relative to the file is said in full.
    const path = resolve(from, word);
    return !isAbsolute(word) && /[./\\]/.test(word) && !word.startsWith('-') && existsSync(path) ? path : word;
  });
  const env = Object.entries(objectOf(entry['env']) ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? [[name, reference(value, name, secrets)] as const] : [],
  );
  return {
    upstream: { command: words },
    connection: { env: { PATH: `\${env:PATH}`, ...Object.fromEntries(env) } },
    secrets: secrets.values,
    warnings: ['runs with a home and a working folder of its own, and with the variables that policy names alone'],
  };
}

function http(entry: JsonObject, url: string, secrets: Secrets, privateNetwork: boolean): WrappedUpstream | string {
  if (!/\$\{/.test(url) && !URL.canParse(url)) return 'has an address that is none';
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && !/^https?:$/.test(parsed.protocol)) return `has an address of the kind ${parsed.protocol}`;
  if (parsed && (parsed.username !== '' || parsed.password !== '')) return 'carries credentials in its address; put them into headers';
  const local = parsed !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(parsed.hostname);
  const host = parsed?.hostname.replace(/^\[|\]$/g, '') ?? '';
  const barred = isIP(host) === 0 || local ? undefined : barredAddress(host, privateNetwork);
  if (barred !== undefined)
    return `leads to an address that is not reached unless you say so: ${barred} (--allow-private for private ones)`;
  if (parsed?.protocol === 'http:' && !local) return 'is reached without encryption; use https';
  const headers = Object.entries(objectOf(entry['headers']) ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, reference(value, `HEADER_${name}`, secrets)] as const] : [],
  );
  const written = shownUrl(url) === url && !url.includes('${') ? url : reference(url, 'URL', secrets);
  return {
    upstream: { url: written, ...(headers.length > 0 && { headers: Object.fromEntries(headers) }) },
    connection: local || privateNetwork ? { network: 'private' } : {},
    secrets: secrets.values,
    warnings: headers.length === 0 && !local ? ['sends no credential of its own; if it asks for a sign-in, doctor says not proved'] : [],
  };
}
