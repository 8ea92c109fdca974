import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ClientWaits, measuredWaitsMs, readWait } from './kernel/client-waits.ts';
import { parseDurationMs } from './kernel/duration.ts';
import { UserError } from './kernel/errors.ts';

/** Where records are kept. */
export type DatabaseAddress = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** An identity provider whose tokens are taken besides Trapkey's own, as it was set; the access module checks it. */
export interface OidcGiven {
  readonly issuer: string;
  /** Where its keys are, when discovery is not to be used. */
  readonly jwksUrl?: string;
  readonly personClaim?: string;
  readonly groupsClaim?: string;
  readonly network?: 'public' | 'private';
  /** Only for an issuer on this machine: http instead of https. */
  readonly insecureLoopback?: boolean;
}

/** The client that people sign in with at that provider. */
export interface OidcLoginGiven {
  readonly clientId: string;
  /** Absent for a public client; PKCE is used either way. */
  readonly clientSecret?: string;
  /** Where the provider sends people back, when it is not `/sign-in/oidc/back` of the public address. */
  readonly redirectUrl?: string;
}

/** Every setting of a process, checked before anything starts. */
export interface Config {
  readonly data: string;
  readonly database: DatabaseAddress;
  readonly policyFolder: string;
  /** Where operators lay signed stop files for this node. */
  readonly stopFilesFolder: string;
  readonly host: string;
  readonly port: number;
  /** What clients are told; tokens are bound to it. */
  readonly publicUrl: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly oidc: OidcGiven | undefined;
  readonly oidcLogin: OidcLoginGiven | undefined;
  /** How long a held call waits for a person before the agent is told; as measured for each client when absent. */
  readonly heldWaitMs: ClientWaits | undefined;
  /** Signing secret of a Slack app whose buttons may confirm calls of the low tier. */
  readonly slackSigningSecret: string | undefined;
  readonly limits: Limits;
}

/** Limits that no module has for itself; each with its unit in its name. */
export interface Limits {
  readonly startTimeoutMs: number;
  readonly resultBytesMax: number;
  readonly concurrentMax: number;
  readonly upstreamsMax: number;
  readonly upstreamIdleMs: number;
  readonly probeTimeoutMs: number;
  readonly probesMax: number;
  readonly redecideMax: number;
}

const limits: Limits = {
  startTimeoutMs: 30_000,
  resultBytesMax: 16 * 2 ** 20,
  concurrentMax: 128,
  upstreamsMax: 256,
  upstreamIdleMs: 10 * 60_000,
  probeTimeoutMs: 10_000,
  probesMax: 8,
  redecideMax: 5,
};

/** Flags of the command line that set where things are; each has an environment variable. */
export interface ConfigFlags {
  readonly data?: string;
  readonly database?: string;
  readonly policy?: string;
  readonly host?: string;
  readonly port?: string;
  readonly publicUrl?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads flags, then environment, then defaults. Throws UserError naming the setting that is wrong. */
export function readConfig(flags: ConfigFlags, env: Environment): Config {
  const data = resolve(flags.data ?? env['TRAPKEY_DATA'] ?? join(homedir(), '.local', 'share', 'trapkey'));
  const port = Number(flags.port ?? env['TRAPKEY_PORT'] ?? 7411);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UserError(`--port must be a whole number from 0 to 65535, not "${flags.port ?? env['TRAPKEY_PORT']}".`);
  }
  return {
    data,
    database: readDatabase(flags.database ?? env['TRAPKEY_DATABASE'], data),
    policyFolder: resolve(flags.policy ?? env['TRAPKEY_POLICY'] ?? 'policy'),
    stopFilesFolder: resolve(env['TRAPKEY_STOP_FILES'] ?? join(data, 'stop-files')),
    host: flags.host ?? env['TRAPKEY_HOST'] ?? '127.0.0.1',
    port,
    publicUrl: readUrl('--public-url', flags.publicUrl ?? env['TRAPKEY_PUBLIC_URL']),
    allowedHosts: (env['TRAPKEY_ALLOWED_HOSTS'] ?? '').split(',').filter(Boolean),
    oidc: readOidc(env),
    oidcLogin: readOidcLogin(env),
    heldWaitMs: readWaits('TRAPKEY_HELD_WAIT', env),
    slackSigningSecret: env['TRAPKEY_SLACK_SIGNING_SECRET'] || undefined,
    limits,
  };
}

function readDatabase(value: string | undefined, data: string): DatabaseAddress {
  if (value === undefined) return { kind: 'sqlite', file: join(data, 'trapkey.db') };
  if (/^postgres(ql)?:\/\//.test(value)) return { kind: 'postgres', url: value };
  throw new UserError('--database must be a postgres:// URL.', 'Leave it out for the embedded store in the data folder.');
}

/** `20s` for every client, or `claude-code=110s,*=20s`; `@file` for the same as a JSON object. */
function readWaits(name: string, env: Environment): ClientWaits | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  const everyone = parseDurationMs(value) !== undefined;
  const waitsMs: Record<string, number> = everyone ? {} : { ...measuredWaitsMs };
  for (const [client, time] of value.startsWith('@') ? inFile(name, value.slice(1)) : inLine(value)) {
    const read = readWait(client, time);
    if (typeof read === 'string') throw new UserError(`${name}: ${read}.`, 'For example `20s`, or `claude-code=110s,*=20s`.');
    waitsMs[client] = read;
  }
  return waitsMs;
}

function inLine(value: string): readonly (readonly [string, string])[] {
  return value.split(',').map((part) => {
    const at = part.lastIndexOf('=');
    return at < 0 ? (['*', part.trim()] as const) : ([part.slice(0, at).trim(), part.slice(at + 1).trim()] as const);
  });
}

function inFile(name: string, path: string): readonly (readonly [string, string])[] {
  try {
    return Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>).map(([client, time]) => [
      client,
      String(time),
    ]);
  } catch {
    throw new UserError(`${name} names ${path}, which is no readable JSON object.`, 'Write {"claude-code": "110s", "*": "20s"} there.');
  }
}

function readUrl(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UserError(`${name} must be an http or https URL, not "${value}".`);
  return value.replace(/\/$/, '');
}

function readOidc(env: Environment): OidcGiven | undefined {
  const issuer = env['TRAPKEY_OIDC_ISSUER'];
  if (issuer === undefined) return undefined;
  const jwksUrl = env['TRAPKEY_OIDC_JWKS'];
  const personClaim = env['TRAPKEY_OIDC_PERSON_CLAIM'];
  const groupsClaim = env['TRAPKEY_OIDC_GROUPS_CLAIM'];
  return {
    issuer,
    ...(jwksUrl !== undefined && { jwksUrl }),
    ...(personClaim !== undefined && { personClaim }),
    ...(groupsClaim !== undefined && { groupsClaim }),
    ...(env['TRAPKEY_OIDC_NETWORK'] === 'private' && { network: 'private' as const }),
    insecureLoopback: env['TRAPKEY_OIDC_INSECURE_LOOPBACK'] === '1',
  };
}

function readOidcLogin(env: Environment): OidcLoginGiven | undefined {
  const clientId = env['TRAPKEY_OIDC_CLIENT_ID'];
  if (clientId === undefined) return undefined;
  if (env['TRAPKEY_OIDC_ISSUER'] === undefined)
    throw new UserError('TRAPKEY_OIDC_CLIENT_ID is set, and no provider is.', 'Set TRAPKEY_OIDC_ISSUER too.');
  const clientSecret = env['TRAPKEY_OIDC_CLIENT_SECRET'];
  const redirectUrl = readUrl('TRAPKEY_OIDC_REDIRECT', env['TRAPKEY_OIDC_REDIRECT']);
  return { clientId, ...(clientSecret !== undefined && { clientSecret }), ...(redirectUrl !== undefined && { redirectUrl }) };
}
