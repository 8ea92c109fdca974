import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ProbeAnswer } from '../../../kernel/facts.ts';
import type { Judged } from '../../../kernel/judge.ts';
import { readsMax } from '../batches/applying/reconcile.ts';
import { afterRefusal } from '../batches/applying/refusal.ts';
import { readAgainMs, waited } from '../batches/applying/waited.ts';
import { callOf, undoCallOf } from './calls.ts';
import type { ItemRow } from './items-store.ts';
import type { UndoingParts } from './parts.ts';
import { type Found, noRead, type Standing, type Unreadable } from './plan.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { MadeRow } from './read.ts';
import type { UndoRow } from './store.ts';
import { refusalWords } from './words.ts';

/** A change, with everything that was found out about it by itself. */
export interface Examined {
  readonly item: ItemRow;
  readonly made: MadeRow | undefined;
  readonly prepared: Prepared | { readonly says: string };
  readonly now: { readonly standing: Standing; readonly image: Json | undefined } | undefined;
  readonly barred: Found['barred'];
  /** A fact was lost on the way: it may be found when asked again. */
  readonly lost: boolean;
  /** What bars everything right now. */
  readonly obstacle: string | undefined;
}

interface Unexamined {
  readonly item: ItemRow;
  readonly made: MadeRow | undefined;
  readonly payloads: ReadonlyMap<string, Json>;
}

/**
 * What policy says of the call that would take it back, and what stands there now. Nothing is changed by it. A read that is
 * lost is tried again before it counts; undefined where this process ends first.
 */
export async function examine(parts: UndoingParts, row: UndoRow, at: Unexamined, ends: AbortSignal): Promise<Examined | undefined> {
  for (let reads = 1; ; reads++) {
    const examined = await examineOnce(parts, row, at);
    if (!examined.lost || reads >= readsMax) return examined;
    if (!(await waited(readAgainMs, ends))) return undefined;
  }
}

async function examineOnce(parts: UndoingParts, row: UndoRow, at: Unexamined): Promise<Examined> {
  const { item, made, payloads } = at;
  const nothing = { now: undefined, barred: undefined, lost: false, obstacle: undefined };
  if (!made) return { item, made, prepared: { says: 'What was made is not known any more' }, ...nothing };
  const prepared = prepare(parts.policy(), parts.digests, made, payloads);
  if (!('args' in prepared)) return { item, made, prepared, ...nothing };
  const { connector } = made;
  const bound = { definition: definitionOf(parts, connector, prepared.tool), image: undefined, atMs: parts.clock() };
  const judged = await parts.judge(undoCallOf(row, item, { connector, tool: prepared.tool, args: prepared.args }, bound));
  const ruling = 'ruling' in judged.end ? judged.end.ruling : undefined;
  const read = prepared.gateReads ? readIn(parts, judged) : undefined;
  const now = read ?? (prepared.target === undefined ? undefined : await standsNow(parts, row, made, prepared));
  const standing = now?.standing;
  const unread = standing !== undefined && 'unreadable' in standing && !standing.gone && standing.stopped !== true;
  const found = { item, made, prepared, ...nothing, now, lost: unread || ruling?.lost === true };
  const became = ruling && afterRefusal(ruling.code);
  // What cannot be read is said so itself, and is no word of policy about the call.
  if (!ruling || (became === 'unread' && prepared.gateReads)) return found;
  // A stop or a limit says nothing of the one change: it may be lifted until somebody starts.
  if (became === 'staged') return { ...found, lost: false, obstacle: refusalWords(ruling) };
  return { ...found, barred: { code: ruling.code, says: ruling.says } };
}

type Unread = Extract<ProbeAnswer, { readonly ok: false }>;

function unreadable({ says = 'it could not be read', lost, stopped, unanswered }: Partial<Unread>): Unreadable {
  return { unreadable: says, gone: lost !== true, ...(stopped && { stopped }), ...(unanswered && { unanswered }) };
}

/** What the gate read before it would let the call run. */
function readIn({ digests }: Pick<UndoingParts, 'digests'>, { inputs }: Judged): Examined['now'] {
  const probes = (inputs as JsonObject)['probes'] as JsonObject | undefined;
  const answer = probes?.['before'] as (Partial<Unread> & { readonly ok: boolean; readonly value?: Json }) | undefined;
  if (!answer) return undefined;
  if (!answer.ok) return { standing: unreadable(answer), image: undefined };
  return { standing: { image: digests.image(answer.value as Json) }, image: answer.value };
}

/** What stands at the record of a change, read by the operator; recorded. */
export async function standsNow(
  parts: Pick<UndoingParts, 'readBack' | 'digests' | 'clock'>,
  row: UndoRow,
  { connector, tool }: Pick<MadeRow, 'connector' | 'tool'>,
  { made: args }: Pick<Prepared, 'made'>,
): Promise<{ readonly standing: Standing; readonly image: Json | undefined }> {
  const read = await parts.readBack(callOf(row, { connector, tool, args }, parts.clock()));
  if (!read) return { standing: { unreadable: noRead, gone: false }, image: undefined };
  if (!read.ok) return { standing: unreadable(read), image: undefined };
  return { standing: { image: parts.digests.image(read.image) }, image: read.image };
}

/** The digest of a tool's definition as reviewed; empty where there is none, and then the call is refused. */
export function definitionOf({ policy, definitions }: UndoingParts, connector: string, tool: string): string {
  const connection = policy().connectors.get(connector)?.connection;
  const pinned = connection === undefined ? undefined : definitions.find(connection, 'tools/call', tool);
  return pinned === undefined || pinned === 'changed' ? '' : pinned.digest;
}
