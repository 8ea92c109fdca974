import { createHash } from 'node:crypto';
import type { PayloadList } from '@trapkey/contract/api/approvals.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';

const endsShown = 10;
const drawn = 10;
const domainsMax = 20;
const keptWhole = 200;
const wholeCharactersMax = 256 * 1024;
const depthMax = 12;

/** Lists among the arguments: both ends, some from between, and where their addresses lead. `seed` keeps the draw the same. */
export function listsOf(args: Json, seed: string): readonly PayloadList[] {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return [];
  return Object.entries(args as JsonObject).flatMap(([argument, value]) =>
    Array.isArray(value) && value.length > 1 ? [listOf(argument, value as readonly Json[], seed)] : [],
  );
}

/** The same value, or where that is too much for a page with every long list cut to both ends. */
export function cut(value: Json): { readonly value: Json; readonly wasCut: boolean } {
  return JSON.stringify(value).length <= wholeCharactersMax ? { value, wasCut: false } : ends(value, 0);
}

function ends(value: Json, depth: number): { readonly value: Json; readonly wasCut: boolean } {
  if (typeof value !== 'object' || value === null || depth > depthMax) return { value, wasCut: false };
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const kept = list.length <= keptWhole ? list : [...list.slice(0, keptWhole / 2), ...list.slice(-keptWhole / 2)];
    const inner = kept.map((one) => ends(one, depth + 1));
    return { value: inner.map((one) => one.value), wasCut: kept !== list || inner.some(({ wasCut }) => wasCut) };
  }
  const inner = Object.entries(value as JsonObject).map(([key, child]) => [key, ends(child, depth + 1)] as const);
  return { value: Object.fromEntries(inner.map(([key, one]) => [key, one.value])), wasCut: inner.some(([, one]) => one.wasCut) };
}

function listOf(argument: string, list: readonly Json[], seed: string): PayloadList {
  const domains = new Map<string, number>();
  for (const one of list) for (const domain of new Set(domainsIn(one, 0))) domains.set(domain, (domains.get(domain) ?? 0) + 1);
  const sorted = [...domains].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return {
    argument,
    length: list.length,
    first: list.slice(0, endsShown) as PayloadList['first'],
    last: list.length > endsShown ? (list.slice(Math.max(endsShown, list.length - endsShown)) as PayloadList['last']) : [],
    random: draw(list.slice(endsShown, -endsShown), `${seed} ${argument}`) as PayloadList['random'],
    domains: sorted.slice(0, domainsMax).map(([domain, count]) => ({ domain, count })),
    domainsMore: Math.max(0, sorted.length - domainsMax),
  };
}

/** Nobody who fills the list knows which are drawn before the ticket has its id. */
function draw(from: readonly Json[], seed: string): readonly Json[] {
  if (from.length <= drawn) return from;
  const picked = new Set<number>();
  for (let turn = 0; picked.size < drawn && turn < drawn * 20; turn++) {
    const digest = createHash('sha256').update(`${seed} ${turn}`).digest();
    picked.add(digest.readUInt32BE(0) % from.length);
  }
  return [...picked].toSorted((a, b) => a - b).map((at) => from[at] as Json);
}

function domainsIn(value: Json, depth: number): readonly string[] {
  if (typeof value === 'string') {
    const [, domain] = /^[^\s@]{1,128}@([a-z0-9.-]{1,253})$/i.exec(value.trim().replace(/^.*<|>$/g, '')) ?? [];
    return domain === undefined ? [] : [domain.toLowerCase()];
  }
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  return Object.values(value).flatMap((one) => domainsIn(one as Json, depth + 1));
}
