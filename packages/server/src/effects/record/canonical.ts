import type { Entry, EntryFields } from '@trapkey/contract/entry.ts';
import canonicalize from 'canonicalize';

/** An entry as its canonical bytes (RFC 8785) around the number that it gets inside the commit, and what finds it. */
export interface Line {
  readonly head: string;
  readonly tail: string;
  readonly atMs: number;
  readonly kind: string;
  readonly call: string | null;
  readonly plugin: string | null;
  readonly connector: string | null;
  readonly verdict: string | null;
  readonly tool: string | null;
  readonly reach: number | null;
}

/** Writes an entry down once, outside the transaction. Throws on a number that JSON cannot hold. */
export function lineOf(entry: EntryFields): Line {
  const { head, tail } = halves(entry);
  const atMs = finite(msOf(entry.timestamp));
  return {
    head,
    tail,
    atMs,
    kind: entry.kind,
    call: column(entry.call),
    plugin: column(entry.plugin),
    connector: column(entry.connector),
    verdict: column(entry.verdict),
    ...actedOf(entry),
  };
}

const nothing = { tool: null, reach: null } as const;

/** What of an entry says what is usual: a call that changes something, ran, and was known to reach so many. */
export function actedOf(entry: EntryFields): Pick<Line, 'tool' | 'reach'> {
  const { kind, effect, outcome, reach, tool } = entry;
  if (kind !== 'executed' || effect === undefined || effect === 'read' || effect === 'draft') return nothing;
  if (outcome === 'failed' || typeof reach !== 'number' || tool === undefined) return nothing;
  return { tool: column(tool), reach };
}

let last = { text: '', atMs: Number.NaN };

/** Calls come many in a millisecond, so the last answer is kept. */
function msOf(timestamp: string): number {
  if (timestamp !== last.text) last = { text: timestamp, atMs: Date.parse(timestamp) };
  return last.atMs;
}

/** The stored bytes of a line that has its number. */
export function bytesOf(line: Pick<Line, 'head' | 'tail'>, entry: number): string {
  return `${line.head}${entry}${line.tail}`;
}

/** A value for a column: PostgreSQL holds no NUL, and columns travel to it joined by newlines. The bytes keep it as it was. */
export function column(value: string): string;
export function column(value: string | undefined): string | null;
export function column(value: string | undefined): string | null {
  if (value === undefined) return null;
  return /[\0\n]/.test(value) ? value.replace(/[\0\n]/g, '\ufffd') : value;
}

/**
 * Keys that stand in code-unit order are the canonical order, so JSON.stringify writes the canonical bytes at a quarter of
 * the cost of sorting; whatever it would write differently (half a surrogate pair) goes the long way.
 */
function halves(entry: EntryFields): { readonly head: string; readonly tail: string } {
  const head = JSON.stringify(beforeNumber(entry));
  const tail = JSON.stringify(afterNumber(entry));
  if (head.includes('\\ud') || tail.includes('\\ud')) return longWay(entry);
  return around(head, tail);
}

function around(head: string, tail: string): { readonly head: string; readonly tail: string } {
  return { head: head === '{}' ? '{"entry":' : `${head.slice(0, -1)},"entry":`, tail: tail === '{}' ? '}' : `,${tail.slice(1)}` };
}

type Field = keyof Required<EntryFields>;
type Late =
  | 'environment'
  | 'held_ms'
  | 'instructions'
  | 'kind'
  | 'method'
  | 'model'
  | 'on_behalf_of'
  | 'outcome'
  | 'plugin'
  | 'policy'
  | 'probe'
  | 'profile'
  | 'reach'
  | 'reason'
  | 'result'
  | 'reversible'
  | 'rule'
  | 'run'
  | 'session'
  | 'source'
  | 'spend'
  | 'subject'
  | 'ticket'
  | 'tier'
  | 'timestamp'
  | 'tool'
  | 'tool_use'
  | 'upstream_ms'
  | 'verdict'
  | 'would';

// A field that is missing from these two would be missing from the bytes, so leaving one out does not compile.
function beforeNumber(e: EntryFields): { readonly [field in Exclude<Field, Late>]: unknown } {
  return {
    action: e.action,
    actor: e.actor,
    agent: sorted(e.agent),
    amount: sorted(e.amount),
    approval: e.approval,
    arguments: e.arguments,
    assurance: sorted(e.assurance),
    attempt: finite(e.attempt),
    batch: e.batch,
    call: e.call,
    change: finite(e.change),
    changed: sorted(e.changed),
    code: e.code,
    connector: e.connector,
    count: finite(e.count),
    coverage: e.coverage,
    data_sources: e.data_sources,
    decide_ms: finite(e.decide_ms),
    definition: e.definition,
    destination: e.destination,
    detail: e.detail,
    effect: e.effect,
  };
}

function afterNumber(e: EntryFields): { readonly [field in Late]: unknown } {
  return {
    environment: e.environment,
    held_ms: finite(e.held_ms),
    instructions: sorted(e.instructions),
    kind: e.kind,
    method: e.method,
    model: e.model,
    on_behalf_of: e.on_behalf_of,
    outcome: e.outcome,
    plugin: e.plugin,
    policy: e.policy,
    probe: sorted(e.probe),
    profile: e.profile,
    reach: finite(e.reach),
    reason: e.reason,
    result: sorted(e.result),
    reversible: e.reversible,
    rule: e.rule,
    run: e.run,
    session: e.session,
    source: e.source,
    spend: sorted(e.spend),
    subject: e.subject,
    ticket: e.ticket,
    tier: e.tier,
    timestamp: e.timestamp,
    tool: e.tool,
    tool_use: e.tool_use,
    upstream_ms: finite(e.upstream_ms),
    verdict: e.verdict,
    would: e.would?.map(sorted),
  };
}

function finite<T extends number | null | undefined>(value: T): T {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('An entry cannot hold a number that is not finite');
  return value;
}

/** Nested objects are flat: one look shows whether their keys are in order already. */
function sorted(value: object | null | undefined): unknown {
  if (value === null || value === undefined) return value;
  const keys = Object.keys(value);
  for (let i = 1; i < keys.length; i++) if ((keys[i - 1] as string) > (keys[i] as string)) return rebuilt(value, keys.sort());
  return value;
}

function rebuilt(value: object, keys: readonly string[]): unknown {
  const out: Record<string, unknown> = {};
  for (const key of keys) out[key] = (value as Record<string, unknown>)[key];
  return out;
}

/** The library's canonical form, cut at its number. Halves of surrogate pairs become U+FFFD, as in any UTF-8 text. */
function longWay(fields: EntryFields): { readonly head: string; readonly tail: string } {
  const wellFormed = JSON.parse(JSON.stringify(fields), (_, value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  ) as EntryFields;
  const pick = (keep: (field: string) => boolean) =>
    canonicalize(Object.fromEntries(Object.entries(wellFormed).filter(([field]) => keep(field)))) ?? '{}';
  const entry: keyof Entry = 'entry';
  return around(
    pick((field) => field < entry),
    pick((field) => field > entry),
  );
}
