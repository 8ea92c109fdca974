import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { MadeChangesTable, TicketsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

const nothingRead = { before_sealed: null, image: null, after_sealed: null, after_image: null, result: null } as const;

type LostTicket = Pick<
  TicketsTable,
  'call' | 'run' | 'plugin' | 'version' | 'connector' | 'tool' | 'arguments' | 'definition' | 'person' | 'reach' | 'effect'
> & { readonly executing_at_ms: number | null; readonly created_at_ms: number };

/** The same for tickets that a crash left executing. */
export async function keepLost(tx: Tx, tickets: readonly LostTicket[]): Promise<void> {
  const changing = tickets.filter(({ effect }) => effect !== 'read' && effect !== 'draft');
  await insert(
    tx,
    changing.map(({ executing_at_ms, created_at_ms, effect: _, ...row }) => ({
      ...pick(row),
      ...nothingRead,
      ...{ at_ms: executing_at_ms ?? created_at_ms, state: 'unknown', batch: null, n: null, reversible: 0, undone_by: null },
    })),
  );
}

/**
 * Keeps calls that a crash left open, and that may have changed something, as changes of which nobody knows: whoever takes
 * their run back is told of them. What makes a change of a batch or takes one back is read back by those who sent it.
 */
export async function keepUnfinished(tx: Tx, entries: readonly EntryFields[]): Promise<void> {
  await insert(
    tx,
    entries.flatMap((entry) => unfinished(entry) ?? []),
  );
}

async function insert(tx: Tx, rows: readonly Readonly<MadeChangesTable>[]): Promise<void> {
  if (rows.length === 0) return;
  await kyselyOf(tx)
    .insertInto('made_changes')
    .values([...rows])
    .onConflict((conflict) => conflict.column('call').doNothing())
    .execute();
}

function pick({
  call,
  run,
  plugin,
  version,
  connector,
  tool,
  arguments: args,
  definition,
  person,
  reach,
}: Omit<LostTicket, 'executing_at_ms' | 'created_at_ms' | 'effect'>) {
  return { call, run, plugin, version, connector, tool, arguments: args, definition, person, reach };
}

function unfinished(entry: EntryFields): Readonly<MadeChangesTable> | undefined {
  const { kind, effect, call, run, connector, tool, arguments: args, definition } = entry;
  const [plugin, version] = entry.plugin?.split('@') ?? [];
  if (kind !== 'decided' || effect === 'read' || effect === 'draft' || entry.batch !== undefined) return undefined;
  if (entry.method !== 'tools/call' || entry.coverage === 'hook') return undefined;
  if (!call || !run || !connector || !tool || !args || !definition || !plugin || !version) return undefined;
  return {
    ...{ call, run, plugin, version, connector, tool, definition, arguments: args },
    at_ms: Date.parse(entry.timestamp),
    person: entry.on_behalf_of ?? '',
    state: 'unknown',
    ...nothingRead,
    ...{ batch: null, n: null },
    reach: entry.reach ?? null,
    reversible: entry.reversible ? 1 : 0,
    undone_by: null,
  };
}
