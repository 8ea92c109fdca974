import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { UndoScope, Undos } from '../../../kernel/undo.ts';
import { knownAs } from '../deciding/people.ts';
import { actedBy, undoEntry } from './entries.ts';
import { mayUndo, reasonOf } from './may-undo.ts';
import type { UndoParts } from './moving.ts';
import { readUndos } from './read.ts';
import { insertUndo, type UndoRow } from './store.ts';
import { scopeWords } from './words.ts';

/** More than this is not taken back as one. */
const itemsMax = 100_000;

/** Writes down what somebody wants to take back, and every change that belongs to it; gives its id. */
export async function ask(parts: UndoParts, act: Parameters<Undos['ask']>[0]): Promise<string> {
  const { database, recorder, clock, policy } = parts;
  mayUndo(act.by);
  const { by } = act;
  // Ids are of one case; names of plugins are not.
  const scope = act.scope.kind === 'release' ? act.scope : { ...act.scope, id: act.scope.id.toUpperCase() };
  const reason = reasonOf(act.reason, 'An undo');
  const release = await readUndos(database).releaseOf(scope);
  if (!release)
    throw new UserError(
      `There is nothing to undo of ${scopeWords(scope)}: it is not known here. Nothing was changed.`,
      unknownScope(scope),
    );
  const atMs = clock();
  const row = rowOf(scope, { ...release, ...knownAs(policy(), by), by, reason, atMs });
  let problem: string | undefined;
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const items = await insertUndo(tx, row, itemsMax + 1);
      if (items === 0) problem = `Nothing that can be undone is on record for ${scopeWords(scope)}. Nothing was changed.`;
      if (items > itemsMax) problem = `${scopeWords(scope)} made more than ${itemsMax} changes. Nothing was changed.`;
      if (problem !== undefined) return { ok: false, conflict: problem };
      const about = { ...actedBy(by, act.via), reason, count: items, detail: scopeWords(scope) };
      return { ok: true, entries: [undoEntry(row, 'asked', atMs, about)] };
    },
  });
  if (problem !== undefined) throw new UserError(problem, 'Name a call, a batch or a run, or a later --since.');
  return row.id;
}

function unknownScope({ kind }: UndoScope): string {
  if (kind === 'call') return 'See the calls with `trapkey record list kind:executed`.';
  if (kind === 'batch') return 'See the batches with `trapkey batch list`.';
  return kind === 'run' ? 'See the runs with `trapkey runs list`.' : 'Write plugin@version, for example sales@2.1.0.';
}

function rowOf(
  scope: UndoScope,
  about: {
    readonly plugin: string;
    readonly version: string;
    readonly id: string;
    readonly by: ProvenPerson;
    readonly reason: string;
    readonly atMs: number;
  },
): UndoRow {
  const { plugin, version, id: person, by, reason, atMs } = about;
  const nobody = {
    started_by: null,
    started_groups: null,
    started_at_ms: null,
    ended_by: null,
    ended_at_ms: null,
    looked_at_ms: null,
    claimed_by: null,
    claimed_at_ms: null,
  };
  const nothing = { items: 0, total: 0, ended: 0, errors: 0, step: 0, target: 0, step_errors: 0, changed: 0 };
  return {
    ...nobody,
    ...nothing,
    id: newId('U'),
    state: 'looking',
    kind: scope.kind,
    scope: scope.id,
    since_ms: scope.kind === 'release' ? scope.sinceMs : null,
    plugin,
    version,
    person,
    groups: by.groups ? JSON.stringify(by.groups) : null,
    reason,
    asked_at_ms: atMs,
    run: null,
    paused_for: null,
  };
}
