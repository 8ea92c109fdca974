import type { RunCall, RunSpan } from '@trapkey/contract/api/runs.ts';
import type { Entry } from '@trapkey/contract/entry.ts';

/** Whether what a tool answers may hold words of outsiders. */
export type Untrusted = (connector: string, tool: string) => boolean;

const ends: ReadonlySet<Entry['kind']> = new Set(['refused', 'expired', 'withdrawn']);

/** Calls as lines of a waterfall, in the order in which they came. Entries are those of whole calls, oldest first. */
export function callsOf(entries: readonly Entry[], untrusted: Untrusted): readonly RunCall[] {
  const byCall = Map.groupBy(
    entries.filter(({ call, kind }) => call !== undefined && kind !== 'admin'),
    ({ call }) => call as string,
  );
  return [...byCall].map(([call, own]) => callOf(call, own, untrusted));
}

function callOf(call: string, entries: readonly Entry[], untrusted: Untrusted): RunCall {
  const [first] = entries as readonly [Entry, ...Entry[]];
  const last = entries.at(-1) as Entry;
  const decided = entries.filter(({ kind }) => kind === 'decided').at(-1);
  const came = entries.filter(({ kind }) => kind === 'executed' || kind === 'closed').at(-1);
  const known = { ...first, ...decided, ...came };
  const spans = spansOf(entries);
  const open = spans.some(({ endMs }) => endMs === null);
  return {
    call,
    entries: { first: first.entry, last: last.entry },
    connector: known.connector ?? '',
    tool: known.tool ?? '',
    agent: known.agent?.id ?? null,
    model: known.model ?? null,
    effect: known.effect ?? null,
    tier: known.tier ?? null,
    reach: known.reach ?? null,
    destination: known.destination ?? null,
    verdict: decided?.verdict ?? null,
    code: came?.code ?? decided?.code ?? null,
    rule: decided?.rule ?? null,
    approval: known.approval ?? null,
    ticket: entries.map(({ ticket }) => ticket).findLast(Boolean) ?? null,
    outcome: came?.outcome ?? null,
    rows: came?.result?.rows ?? null,
    bytes: came?.result?.bytes ?? null,
    screened: [...(came?.result?.screened ?? [])],
    sources: [...new Set(entries.flatMap(({ data_sources }) => data_sources ?? []))],
    untrusted: came?.outcome === 'done' && untrusted(known.connector ?? '', known.tool ?? ''),
    startMs: at(first),
    endMs: open ? null : Math.max(at(last), ...spans.map(({ endMs }) => endMs ?? 0)),
    heldMs: spans.reduce((sum, { kind, startMs, endMs }) => (kind === 'hold' && endMs !== null ? sum + endMs - startMs : sum), 0),
    spans: [...spans],
    arguments: carriedBy(entries, (entry) => entry.arguments),
    result: carriedBy(entries, (entry) => entry.result?.digest),
  };
}

/** The last entry of a call that names such a payload: what ran may be another than what was asked for. */
function carriedBy(entries: readonly Entry[], digestOf: (entry: Entry) => string | undefined): RunCall['arguments'] {
  const entry = entries.findLast((one) => digestOf(one) !== undefined);
  return entry ? { entry: entry.entry, digest: digestOf(entry) as string } : null;
}

/** What happened when: deciding, waiting for a person, and running, which is the upstream's time and screening. */
function spansOf(entries: readonly Entry[]): readonly RunSpan[] {
  const spans: RunSpan[] = [];
  let held: number | undefined;
  let ran: Entry | undefined;
  const endHold = (endMs: number, says: string) => {
    if (held !== undefined) spans.push({ kind: 'hold', startMs: held, endMs, says });
    held = undefined;
  };
  for (const entry of entries) {
    const atMs = at(entry);
    if (entry.kind === 'held') held ??= atMs;
    else if (ends.has(entry.kind)) endHold(atMs, `${entry.kind}, it did not run`);
    else if (entry.kind === 'decided') {
      if (entry.verdict === 'allow') endHold(atMs, 'waited for a person, who approved it');
      spans.push({
        kind: 'decision',
        startMs: atMs - (entry.decide_ms ?? 0),
        endMs: atMs,
        says: `${entry.verdict ?? '?'} (${entry.code ?? '?'})`,
      });
      ran = entry.verdict === 'allow' ? entry : ran;
    } else if (entry.kind === 'executed' && ran) {
      spans.push(...running(at(ran), atMs, entry));
      ran = undefined;
    } else if (entry.kind === 'closed') {
      if (ran) spans.push({ kind: 'execution', startMs: at(ran), endMs: atMs, says: `closed as ${entry.outcome ?? 'unknown'}` });
      ran = undefined;
    }
  }
  if (held !== undefined) spans.push({ kind: 'hold', startMs: held, endMs: null, says: 'waits for a person' });
  if (ran) spans.push({ kind: 'execution', startMs: at(ran), endMs: null, says: 'runs' });
  return spans;
}

function running(startMs: number, endMs: number, entry: Entry): readonly RunSpan[] {
  const answeredMs = Math.min(endMs, startMs + (entry.upstream_ms ?? 0));
  const screened = entry.result?.screened.length ?? 0;
  return [
    { kind: 'execution', startMs, endMs, says: entry.outcome ?? 'unknown' },
    { kind: 'upstream', startMs, endMs: answeredMs, says: entry.connector ?? '' },
    {
      kind: 'screen',
      startMs: answeredMs,
      endMs,
      says: screened === 0 ? 'nothing was taken out' : `${screened} kinds of data were screened`,
    },
  ];
}

function at({ timestamp }: Entry): number {
  return Date.parse(timestamp);
}
