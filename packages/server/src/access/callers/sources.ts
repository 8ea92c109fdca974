import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { AccessRefusal } from '../refusal.ts';

export interface SourceLimits {
  /** Failed attempts that a source may make at once. */
  readonly burst: number;
  /** How many it gets back in a second. */
  readonly perSecond: number;
  /** Sources that are limited apart; the least recently seen is forgotten. */
  readonly sourcesMax: number;
  /** Entries that may wait to be written; who comes later is counted under `others`. */
  readonly talliesMax: number;
}

const sourceLimits: SourceLimits = { burst: 60, perSecond: 1, sourcesMax: 4_096, talliesMax: 512 };

/** Everyone beyond `talliesMax` in the same minute. */
const others = 'others';

interface Bucket {
  tokens: number;
  atMs: number;
}

type Tally = Pick<AccessRefusal, 'code' | 'reason'> & { readonly source: string; count: number };

/** Callers without a valid identity: limits them by source, and counts them for one entry a minute each. */
export interface Sources {
  /** False when this source failed too often: it is refused before anything is looked up or verified. */
  mayTry(source: string, atMs: number): boolean;
  /** A caller was refused: costs its source one attempt, and is counted. */
  note(source: string, refusal: Pick<AccessRefusal, 'code' | 'reason'>, atMs: number): void;
  /** Takes what was counted since the last time, as entries. */
  drain(atMs: number): readonly EntryFields[];
  /** Puts counts back that could not be written. */
  restore(entries: readonly EntryFields[]): void;
}

/** `key` turns an address into a stable digest, so that the record names no address. */
export function countSources(key: Uint8Array, limits: SourceLimits = sourceLimits): Sources {
  const buckets = new Map<string, Bucket>();
  const tallies = new Map<string, Tally>();

  const bucketOf = (source: string, atMs: number): Bucket => {
    let bucket = buckets.get(source);
    if (!bucket) {
      // The least recently seen source is forgotten first: a full map never grows.
      if (buckets.size >= limits.sourcesMax) buckets.delete(buckets.keys().next().value as string);
      bucket = { tokens: limits.burst, atMs };
    } else buckets.delete(source);
    bucket.tokens = Math.min(limits.burst, bucket.tokens + (Math.max(0, atMs - bucket.atMs) / 1000) * limits.perSecond);
    bucket.atMs = atMs;
    buckets.set(source, bucket);
    return bucket;
  };
  const add = (source: string, code: Tally['code'], reason: Tally['reason'], count: number): void => {
    const own = `${source}|${code}|${reason}`;
    const who = tallies.has(own) || tallies.size < limits.talliesMax ? source : others;
    const tally = tallies.get(`${who}|${code}|${reason}`);
    if (tally) tally.count += count;
    else tallies.set(`${who}|${code}|${reason}`, { source: who, code, reason, count });
  };

  return {
    mayTry: (source, atMs) => bucketOf(network(source), atMs).tokens >= 1,
    note(source, { code, reason }, atMs) {
      const bucket = bucketOf(network(source), atMs);
      bucket.tokens = Math.max(0, bucket.tokens - 1);
      add(digestOf(key, network(source)), code, reason, 1);
    },
    drain(atMs) {
      const entries = [...tallies.values()].map(({ source, code, reason, count }): EntryFields => {
        return { timestamp: rfc3339(atMs), kind: 'decided', verdict: 'deny', code, reason, count, source };
      });
      tallies.clear();
      return entries;
    },
    restore(entries) {
      for (const { source, code, reason, count } of entries)
        add(source ?? others, code as Tally['code'], reason as Tally['reason'], count ?? 0);
    },
  };
}

function digestOf(key: Uint8Array, source: string): string {
  return `source:${createHmac('sha256', key).update(`source\0${source}`).digest('hex').slice(0, 24)}`;
}

/** One host owns a whole /64 of IPv6 and would else be as many sources as it likes. */
export function network(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = (plain.split('%')[0] as string).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
