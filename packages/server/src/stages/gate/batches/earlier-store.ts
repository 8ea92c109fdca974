import { sql } from 'kysely';
import type { ChangeDraft } from '../../../kernel/batches.ts';
import type { Call } from '../../../kernel/call.ts';
import type { Facts } from '../../../kernel/facts.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { provedSession } from '../../../kernel/runs.ts';
import { kyselyOf } from '../../../storage/tx.ts';

const earlierMax = 1_000;
const unprovedRunMs = 8 * 3_600_000;
const shownMax = 10_000;

/** Batches and tools whose earlier changes are shown already, as far as this process knows; asking again changes nothing. */
const shown = new Set<string>();

/**
 * Shows in a batch what its run did of the same tools before it began, with numbers from 0 downwards: so that the whole is
 * seen. Each stands in one batch only.
 */
export async function runsBefore(tx: Tx, batch: string, drafts: readonly ChangeDraft[]): Promise<void> {
  for (const { call, facts } of new Map(drafts.map((one) => [`${one.call.endpoint.connector}.${one.call.name}`, one])).values()) {
    const { subject, permitted } = facts;
    const key = `${batch} ${call.endpoint.connector}.${call.name}`;
    // Only what is counted ran before it was staged.
    if (!subject || !permitted?.rules.stage || shown.has(key)) continue;
    if (shown.size >= shownMax) shown.clear();
    await showEarlier(tx, batch, { call, subject, permitted }, ofRun(call, subject));
    shown.add(key);
  }
}

/** Shows one call that was on its way when its run's batch was opened. */
export async function ranBefore(tx: Tx, batch: string, facts: Known): Promise<void> {
  await showEarlier(tx, batch, facts, sql`call = ${facts.call.id}`);
}

type Known = Pick<Facts, 'subject' | 'permitted'> & { readonly call: Call };

function ofRun({ where, atMs }: Call, { plugin, person, run }: Facts['subject']) {
  if (provedSession(where) !== undefined) return sql`run = ${run.id}`;
  const since = atMs - unprovedRunMs;
  return sql`plugin = ${plugin.id} and version = ${plugin.version} and at_ms > ${since} and person = ${person}`;
}

async function showEarlier(tx: Tx, batch: string, { call, permitted }: Known, which: ReturnType<typeof sql>): Promise<void> {
  await sql`insert into batch_changes (call, batch, n, state, connector, tool, effect, digest, arguments, before_sealed, image,
      definition, policy, reach, destination, lists, staged_at_ms, ran, sent)
    select call, cast(${batch} as text),
      (select least_n from (select coalesce(min(n), 1) as least_n from batch_changes where batch = ${batch}) least)
        - row_number() over (order by at_ms desc, call desc),
      'applied_before', connector, tool, cast(${permitted.rules.effect} as text), '', arguments, before_sealed, image,
      definition, '', reach, 'unknown', '[]', at_ms, call, 1
    from made_changes
    where ${which} and connector = ${call.endpoint.connector} and tool = ${call.name} and batch is null and state <> 'failed'
    order by at_ms desc, call desc limit ${earlierMax}
    on conflict (call) do nothing`.execute(kyselyOf(tx));
}
