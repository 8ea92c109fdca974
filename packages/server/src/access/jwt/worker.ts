import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { KeySet } from './keyset.ts';
import { fetchJson } from './outbound.ts';
import type { OidcSettings } from './settings.ts';

const refreshEveryMs = 600_000;
/** At most one fetch in this time, however many tokens come with unknown keys. */
const apartMs = 10_000;
const keysMax = 100;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(keysMax) });

/** Background work that `wire` starts and stops. */
export interface KeyFetcher {
  /** The first attempt ended, well or not; calls before it are refused. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** Fetches the provider's keys at the start, every ten minutes, and when a token names one that is not here. */
export function fetchKeys(parts: {
  readonly settings: OidcSettings;
  readonly keys: KeySet;
  readonly clock: Clock;
  /** Told in words when keys cannot be fetched; the old ones serve for a day. */
  readonly alarm: (says: string) => void;
  readonly apartMs?: number;
}): KeyFetcher {
  const { settings, keys, clock, alarm } = parts;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  const fetchNow = (): Promise<void> => {
    startedAtMs = clock();
    running ??= load(settings, keys, clock)
      .catch((error: unknown) =>
        alarm(`The keys of ${settings.issuer} cannot be fetched: ${error instanceof Error ? error.message : String(error)}`),
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  keys.onWanted(() => {
    if (clock() - startedAtMs >= (parts.apartMs ?? apartMs)) void fetchNow();
  });
  const timer = setInterval(() => void fetchNow(), refreshEveryMs);
  timer.unref();
  return {
    ready: fetchNow(),
    stop: () => {
      clearInterval(timer);
      keys.onWanted(() => undefined);
    },
  };
}

async function load(settings: OidcSettings, keys: KeySet, clock: Clock): Promise<void> {
  const found = keySet.parse(await fetchJson(await whereKeysAre(settings), settings));
  // Symmetric keys in a public key set are a mistake or an attack: they could only help to forge.
  keys.replace({ keys: found.keys.filter((key) => key.kty !== 'oct') }, clock());
}

async function whereKeysAre(settings: OidcSettings): Promise<string> {
  if (settings.jwksUrl !== undefined) return settings.jwksUrl;
  const found = metadata.parse(await fetchJson(`${settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, settings));
  if (found.issuer !== settings.issuer) throw new Error(`its metadata names another issuer, ${found.issuer.slice(0, 200)}`);
  return found.jwks_uri;
}
