import type { Sealed } from '../../../kernel/recorder.ts';
import { undoEntry } from './entries.ts';
import { type Examined, examine } from './examine.ts';
import { type ItemRow, writeLooked } from './items-store.ts';
import type { UndoingParts } from './parts.ts';
import { type Kept, type Standing, type Verdict, verdictOn } from './plan.ts';
import { digestsOf } from './prepare.ts';
import { type MadeRow, readUndos } from './read.ts';
import { moveUndo, type UndoRow } from './store.ts';
import { countWords } from './words.ts';

const pageMax = 64;
const atOnceMax = 8;

/** Looks at one page of what nobody looked at yet; false when there is none left or this process ends. What it finds is durable at once. */
export async function lookOn(parts: UndoingParts, row: UndoRow, ends: AbortSignal): Promise<boolean> {
  const { database, recorder, clock } = parts;
  const reads = readUndos(database);
  const items = await reads.items(row.id, ['waiting'], 0, pageMax);
  if (items.length === 0) {
    await lookedAtAll(parts, row);
    return false;
  }
  const made = await reads.made(items.map(({ call }) => call));
  const payloads = await parts.unsealMany([...new Set([...made.values()].flatMap(digestsOf))]);
  const all = await inParallel(items, (item) => examine(parts, row, { item, made: made.get(item.call), payloads }, ends));
  const examined = all.filter((one) => one !== undefined);
  // The process ends: what it found of some counts only with what stands before them.
  if (examined.length < all.length) return false;
  const targets = [...new Set(examined.flatMap(({ prepared }) => ('args' in prepared ? (prepared.target ?? []) : [])))];
  const newer = await reads.newerOf(row.id, targets, items[0]?.n ?? 0);
  const leaves = new Map([...newer].map(([target, { leaves: left }]) => [target, left ?? undefined]));
  const sealed: Sealed[] = [];
  const rows = examined.map((one) => judged(parts, row, one, { leaves, sealed }));
  const obstacle = examined.find((one) => one.obstacle !== undefined)?.obstacle;
  await recorder.commit({
    entries: [],
    sealed,
    steps: async (tx) => {
      const found = { claimed_at_ms: clock(), ...(obstacle !== undefined && { paused_for: obstacle.slice(0, 500) }) };
      const held = await moveUndo(tx, { id: row.id, states: ['looking'], claim: parts.claim }, found);
      if (!held) return { ok: false, conflict: 'it is looked at elsewhere, or not any more' };
      await writeLooked(tx, rows);
      return { ok: true };
    },
  });
  return true;
}

async function lookedAtAll({ database, recorder, clock, claim }: UndoingParts, row: UndoRow): Promise<void> {
  const counts = (await readUndos(database).counts([row.id])).get(row.id) ?? {};
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const to = { state: 'looked', looked_at_ms: clock(), claimed_by: null, claimed_at_ms: null } as const;
      const moved = await moveUndo(tx, { id: row.id, states: ['looking'], claim }, to);
      if (!moved) return { ok: false, conflict: 'it moved on meanwhile' };
      return { ok: true, entries: [undoEntry(moved, 'looked', clock(), { count: row.items, detail: countWords(counts, 'looked') })] };
    },
  });
}

/** Its verdict, in the place that it has among the changes of its record; what a person may overwrite is sealed as it stands. */
function judged(
  parts: UndoingParts,
  row: UndoRow,
  { item, made, prepared, now, barred }: Examined,
  known: { readonly leaves: Map<string, string | undefined>; readonly sealed: Sealed[] },
): ItemRow {
  const target = 'args' in prepared ? prepared.target : undefined;
  const left = target === undefined ? undefined : known.leaves.get(target);
  const standing: Standing | undefined = left === undefined ? now?.standing : { image: left };
  const image = left === undefined ? now?.image : undefined;
  const asLeft = 'args' in prepared && image !== undefined && prepared.asLeft(image);
  const verdict = verdictOn(keptOf(parts, row, made, prepared), { now: standing, asLeft, barred });
  if (target !== undefined) known.leaves.set(target, verdict.leaves);
  const unseen = verdict.expects !== undefined && verdict.expects !== made?.after_image && image !== undefined;
  const sealed = unseen ? parts.recorder.seal(row.id, image) : undefined;
  if (sealed) known.sealed.push(sealed);
  return { ...item, ...columnsOf(verdict), target: target ?? null, expects_sealed: sealed?.digest ?? null };
}

function columnsOf({ state, says, code, expects, leaves }: Verdict): Pick<ItemRow, 'state' | 'says' | 'code' | 'expects' | 'leaves'> {
  return { state, says: says?.slice(0, 500) ?? null, code: code ?? null, expects: expects ?? null, leaves: leaves ?? null };
}

function keptOf(parts: UndoingParts, row: UndoRow, made: MadeRow | undefined, prepared: Examined['prepared']): Kept {
  const before = 'args' in prepared ? prepared.before : undefined;
  return {
    made: made?.state === 'unknown' ? undefined : true,
    before: before === undefined ? undefined : parts.digests.image(before),
    after: made?.after_image ?? undefined,
    undoable: 'args' in prepared ? { yes: true } : { yes: false, says: prepared.says },
    elsewhere: made?.undone_by === null || made?.undone_by === row.id ? undefined : made?.undone_by,
  };
}

/** A few at once, in their order. */
async function inParallel<T, R>(all: readonly T[], one: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let from = 0; from < all.length; from += atOnceMax) done.push(...(await Promise.all(all.slice(from, from + atOnceMax).map(one))));
  return done;
}
