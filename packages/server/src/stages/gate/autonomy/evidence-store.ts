import { sql } from 'kysely';
import type { Workflow } from '../../../kernel/autonomy.ts';
import type { AutonomyDatabase } from './store.ts';

/** What was counted of a workflow since its cap last changed. */
export interface Counted extends Workflow {
  readonly lots: number;
  readonly sampled: number;
  /** Wrong or undone; a batch that was undone counts for one at least. */
  readonly wrong: number;
  readonly undone: number;
}

/** Tickets that a person decided since then. */
export interface Answered extends Workflow {
  readonly approved: number;
  readonly refused: number;
}

const workflowsMax = 10_000;
const approvedStates = ['approved', 'executing', 'done', 'failed', 'unknown'];

/** What audits and undos say, by workflow. */
export async function countedMarks({ read }: AutonomyDatabase, of?: Workflow): Promise<readonly Counted[]> {
  const rows = await read
    .selectFrom('workflow_marks')
    .select(['workflow_marks.plugin', 'workflow_marks.connector', 'workflow_marks.tool'])
    .select(({ fn, eb }) => [
      fn.sum<number | string>(eb.case().when('sampled', '>', 0).then(1).else(0).end()).as('lots'),
      fn.sum<number | string>('sampled').as('sampled'),
      fn
        .sum<number | string>(eb.case().when('wrong', '>', 0).then(eb.ref('wrong')).when('undone', '>', 0).then(1).else(0).end())
        .as('wrong'),
      fn.sum<number | string>('undone').as('undone'),
    ])
    .where(sinceChanged('workflow_marks', 'at_ms'))
    .$if(of !== undefined, (query) =>
      query
        .where('plugin', '=', of?.plugin ?? '')
        .where('connector', '=', of?.connector ?? '')
        .where('tool', '=', of?.tool ?? ''),
    )
    .groupBy(['workflow_marks.plugin', 'workflow_marks.connector', 'workflow_marks.tool'])
    .limit(workflowsMax)
    .execute();
  return rows.map(({ lots, sampled, wrong, undone, ...workflow }) => ({
    ...workflow,
    ...{ lots: Number(lots), sampled: Number(sampled), wrong: Number(wrong), undone: Number(undone) },
  }));
}

/** What people said to its tickets, by workflow; drills are nobody's work. */
export async function countedTickets({ read }: AutonomyDatabase, of?: Workflow): Promise<readonly Answered[]> {
  const rows = await read
    .selectFrom('tickets')
    .select(['tickets.plugin', 'tickets.connector', 'tickets.tool'])
    .select(({ fn, eb }) => [
      fn.sum<number | string>(eb.case().when('state', 'in', approvedStates).then(1).else(0).end()).as('approved'),
      fn.sum<number | string>(eb.case().when('state', '=', 'refused').then(1).else(0).end()).as('refused'),
    ])
    .where('drill', '=', 0)
    .where('state', 'in', [...approvedStates, 'refused'])
    .where(sinceChanged('tickets', 'created_at_ms'))
    .$if(of !== undefined, (query) =>
      query
        .where('plugin', '=', of?.plugin ?? '')
        .where('connector', '=', of?.connector ?? '')
        .where('tool', '=', of?.tool ?? ''),
    )
    .groupBy(['tickets.plugin', 'tickets.connector', 'tickets.tool'])
    .limit(workflowsMax)
    .execute();
  return rows.map(({ approved, refused, ...workflow }) => ({ ...workflow, approved: Number(approved), refused: Number(refused) }));
}

/** Of after the newest change of the cap: what led to it was counted already. */
function sinceChanged(table: 'workflow_marks' | 'tickets', column: 'at_ms' | 'created_at_ms') {
  const at = sql.ref(`${table}.${column}`);
  const same = (name: string) => sql`${sql.ref(`autonomy.${name}`)} = ${sql.ref(`${table}.${name}`)}`;
  return sql<boolean>`${at} > coalesce((select max(since_ms) from autonomy where ${same('plugin')} and ${same('connector')} and ${same('tool')}), -1)`;
}
