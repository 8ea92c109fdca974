import type { ApprovalQuality, DrillQuality, RuleQuality } from '../../../kernel/quality.ts';
import type { TicketDatabase, TicketRow } from '../store.ts';

const rowsMax = 20_000;
const dayMs = 24 * 3_600_000;
const fastMs = 3_000;

type Asked = Pick<TicketRow, 'rule' | 'state' | 'needs' | 'decisions' | 'created_at_ms' | 'decided_at_ms' | 'drill'> & {
  /** What became of the change that it let happen. */
  readonly made: string | null;
};

/** Figures over the tickets of the last days. */
export async function approvalQuality(database: TicketDatabase, days: number, atMs: number): Promise<ApprovalQuality> {
  const rows: readonly Asked[] = await database.read
    .selectFrom('tickets')
    .leftJoin('made_changes', 'made_changes.call', 'tickets.call')
    .select([
      'tickets.rule',
      'tickets.state',
      'tickets.needs',
      'tickets.decisions',
      'tickets.created_at_ms',
      'tickets.decided_at_ms',
      'tickets.drill',
    ])
    .select('made_changes.state as made')
    .where('tickets.created_at_ms', '>', atMs - days * dayMs)
    .orderBy('tickets.created_at_ms', 'desc')
    .limit(rowsMax)
    .execute();
  const real = Map.groupBy(
    rows.filter(({ drill }) => !drill),
    ({ rule }) => rule,
  );
  const rules = [...real]
    .map(([rule, asked]) => ruleQuality(rule, asked))
    .toSorted((a, b) => b.asks - a.asks || a.rule.localeCompare(b.rule));
  return { days, rules, drills: counted(rows.filter(({ drill }) => drill)), more: rows.length === rowsMax };
}

function ruleQuality(rule: string, asked: readonly Asked[]): RuleQuality {
  const times = asked.flatMap((row) => decidedAfterMs(row) ?? []).toSorted((a, b) => a - b);
  return {
    rule,
    ...counted(asked),
    medianMs: times[Math.ceil(times.length / 2) - 1],
    underThreeSeconds: times.filter((ms) => ms < fastMs).length,
    laterUndone: asked.filter((row) => row.made === 'undone' && isGranted(row)).length,
  };
}

function counted(asked: readonly Asked[]): DrillQuality {
  const granted = asked.filter(isGranted).length;
  const refused = asked.filter(({ state }) => state === 'refused').length;
  return { asks: asked.length, granted, refused, undecided: asked.length - granted - refused };
}

/** Enough people approved it, whatever became of it then. */
function isGranted({ state, needs, decisions }: Asked): boolean {
  return state !== 'refused' && state !== 'held' && (JSON.parse(decisions) as readonly unknown[]).length >= needs;
}

/** The last approval, or the refusal: what came after is no decision. */
function decidedAfterMs(row: Asked): number | undefined {
  if (row.state === 'refused') return row.decided_at_ms === null ? undefined : Number(row.decided_at_ms) - Number(row.created_at_ms);
  if (!isGranted(row)) return undefined;
  const approvals = JSON.parse(row.decisions) as readonly { readonly at_ms: number }[];
  return Math.max(...approvals.map(({ at_ms }) => at_ms)) - Number(row.created_at_ms);
}
