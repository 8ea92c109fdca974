import { createHash } from 'node:crypto';
import type { Json } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import type { Call } from '../../../kernel/call.ts';

/** What an agent changes without meaning anything by it: times, random ids, the number of the attempt. */
const volatile = [
  /\b\d{4}-\d{2}-\d{2}(t\d{2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?)?\b/g,
  /\b\d{1,2}:\d{2}(:\d{2})?\b/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  /\b(attempt|retry|try|versuch)\s*[#:.]?\s*\d{1,4}\b/g,
];

/**
 * One digest for calls that are the same or nearly: letter case, spaces, punctuation around words and what is volatile
 * count for nothing. Ids, paths and numbers are kept: the next page is another call.
 */
export function sameCall({ endpoint, method, name, args, extra }: Pick<Call, 'endpoint' | 'method' | 'name' | 'args' | 'extra'>): string {
  const same = canonicalize([endpoint.connector, method, name, alike(args), alike(extra)]) ?? '';
  return createHash('sha256').update(same).digest('base64url').slice(0, 22);
}

function alike(value: Json): Json {
  if (typeof value === 'string') return alikeText(value);
  if (Array.isArray(value)) return value.map(alike);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, alike(child as Json)]));
}

function alikeText(text: string): string {
  let plain = text.normalize('NFKC').toLowerCase();
  for (const pattern of volatile) plain = plain.replaceAll(pattern, ' ');
  return plain
    .split(/\s+/u)
    .map((word) => word.replaceAll(/^[\p{Po}\p{Pd}]+|[\p{Po}\p{Pd}]+$/gu, ''))
    .filter(Boolean)
    .join(' ');
}
