import { UserError } from '../../../kernel/errors.ts';
import type { UndoAct, UndoItemView, Undos, UndoView } from '../../../kernel/undo.ts';
import { targetOf } from '../batches/applying/steps.ts';
import { knownAs } from '../deciding/people.ts';
import { ask } from './ask.ts';
import { type ItemRow, leaveRest, moveItem } from './items-store.ts';
import { reasonOf } from './may-undo.ts';
import { commitMove, type UndoParts, undoOf } from './moving.ts';
import { readUndos } from './read.ts';
import { settleItem } from './settle.ts';
import type { UndoRow } from './store.ts';
import { viewOf } from './words.ts';

const free = { claimed_by: null, claimed_at_ms: null } as const;

/** What people may do about taking things back. Needs no server: whichever process serves looks, and goes on with it. */
export function openUndos(parts: UndoParts): Undos {
  const reads = readUndos(parts.database);
  const view = async (row: UndoRow): Promise<UndoView> => viewOf(row, (await reads.counts([row.id])).get(row.id) ?? {});
  const shown = async (id: string) => await view(await undoOf(parts, id));
  return {
    ask: async (act) => await shown(await ask(parts, act)),
    async list(filter) {
      const rows = await reads.list(filter);
      const counts = await reads.counts(rows.map(({ id }) => id));
      return rows.map((row) => viewOf(row, counts.get(row.id) ?? {}));
    },
    async find(id) {
      const row = await reads.byId(id);
      return row && (await view(row));
    },
    async items(id, { state, after, max }) {
      await undoOf(parts, id);
      return (await reads.items(id, state === 'all' ? 'all' : [state], after, max)).map(itemView);
    },
    async include({ n, because, ...act }) {
      const reason = reasonOf(because, 'Overwriting what somebody else changed');
      await commitMove(parts, act, {
        from: ['looked'],
        action: 'included',
        reason,
        move: () => ({}),
        also: async (tx, row) => {
          const to = { state: 'possible', included_by: act.by.person, included_because: reason, code: null, ended_at_ms: null } as const;
          const item = await moveItem(tx, { undo: row.id, n, states: ['conflict'] }, to);
          if (!item) return { says: `Change ${n} of undo ${row.id} is not one that was changed since. Nothing was changed.` };
          return {
            entry: { call: item.call, connector: item.connector, tool: item.tool, detail: `change ${n} is overwritten all the same` },
          };
        },
      });
      return await shown(act.undo);
    },
    async start(act) {
      await start(parts, act);
      return await shown(act.undo);
    },
    async pause({ reason, ...act }) {
      const words = reasonOf(reason, 'Pausing');
      const paused_for = `${act.by.person}: ${words}`;
      await commitMove(parts, act, { from: ['undoing'], action: 'paused', reason: words, move: () => ({ state: 'paused', paused_for }) });
      return await shown(act.undo);
    },
    async resume(act) {
      await commitMove(parts, act, {
        from: ['paused'],
        action: 'resumed',
        move: () => ({ state: 'undoing', paused_for: null, ...free }),
      });
      return await shown(act.undo);
    },
    async abort({ reason, ...act }) {
      const words = reasonOf(reason, 'Ending an undo');
      await commitMove(parts, act, {
        from: ['looking', 'looked', 'undoing', 'paused'],
        action: 'aborted',
        reason: words,
        move: (atMs) => ({ state: 'aborted', ended_by: act.by.person, ended_at_ms: atMs, paused_for: null }),
        also: async (tx, row) => {
          await leaveRest(tx, row.id, row.ended_at_ms ?? parts.clock());
          return {};
        },
      });
      return await shown(act.undo);
    },
    async settle(act) {
      await settleItem(parts, act);
      return await shown(act.undo);
    },
  };
}

/** What was looked at begins; by one of many who press at once. */
async function start(parts: UndoParts, act: UndoAct): Promise<void> {
  const row = await undoOf(parts, act.undo);
  const possible = (await readUndos(parts.database).counts([row.id])).get(row.id)?.possible ?? 0;
  if (row.state === 'looked' && possible === 0)
    throw new UserError(`Undo ${row.id} has nothing that can be undone. Nothing was changed.`, `See \`trapkey undo show ${row.id}\`.`);
  const person = knownAs(parts.policy(), act.by);
  await commitMove(parts, act, {
    from: ['looked'],
    action: 'started',
    fresh: row.items > 1,
    move: (atMs) => ({
      ...{ state: 'undoing', started_by: person.id, started_at_ms: atMs, paused_for: null },
      ...{ started_groups: act.by.groups ? JSON.stringify(act.by.groups) : null },
      ...{ total: possible, step: 1, target: targetOf(1, possible), ...free },
    }),
    entry: { approval: `human:${person.id}`, count: possible },
  });
}

function itemView(row: ItemRow): UndoItemView {
  return {
    n: row.n,
    call: row.call,
    connector: row.connector,
    tool: row.tool,
    state: row.state as UndoItemView['state'],
    code: (row.code as UndoItemView['code'] | null) ?? undefined,
    says: row.says ?? undefined,
    included: row.included_by === null ? undefined : { by: row.included_by, because: row.included_because ?? '' },
    ran: row.ran ?? undefined,
  };
}
