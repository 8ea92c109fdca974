import type { BatchProposal } from '@trapkey/contract/api/batches.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';
import type { Stratified } from '../../sampling/strata.ts';
import { amountOf, destinationsOf, recipientsOf } from './destinations.ts';
import { listsOf } from './listed.ts';
import { type Opened, openedOf, type UnsealMany } from './opened.ts';
import { conflictsOf, duplicatesOf } from './overlaps-store.ts';
import { asItWas, diffOf, rulesFor, scopeOf } from './projection.ts';
import { type BatchDatabase, type BatchRow, type StagedRow, stagedAfter } from './store.ts';
import { type BatchTool, nameOf } from './tools.ts';
import { shortText, totalling } from './totals.ts';

const pageMax = 500;
/** Beyond this, telling kinds of changes apart by one more field finds nothing that a person would look for. */
const fieldsToldMax = 20;

/** What the proposal is made with. */
export interface Proposing {
  readonly database: BatchDatabase;
  readonly unseal: UnsealMany;
  readonly policy: () => Partial<Pick<PolicySet, 'connectors' | 'lists'>>;
}

/** A batch as it was looked at once, from its first change to its last. */
export interface Proposed {
  readonly numbers: readonly number[];
  readonly digests: readonly string[];
  readonly targets: readonly (string | null)[];
  readonly strata: readonly Stratified[];
  readonly tools: readonly BatchTool[];
  readonly reach: number;
  readonly proposal: BatchProposal;
}

/** Reads a batch page by page: a payload is held no longer than its page. */
export async function proposed(parts: Proposing, row: BatchRow): Promise<Proposed> {
  const { database, unseal, policy } = parts;
  const set = policy();
  const totals = totalling();
  const interned = interning();
  const tools = new Map<string, { -readonly [K in keyof BatchTool]: BatchTool[K] }>();
  const [numbers, digests, targets, strata]: [number[], string[], (string | null)[], Stratified[]] = [[], [], [], []];
  let unreadable = 0;
  for (let page = await stagedAfter(database, row.id, 0, pageMax); page.length > 0; ) {
    const opened = await openedOf(page, unseal);
    page.forEach((change, at) => {
      const payload = opened[at] as Opened;
      const told = toldOf(row, change, payload, set);
      if (!payload.args) unreadable += 1;
      totals.add(told);
      numbers.push(change.n);
      digests.push(change.digest);
      targets.push(change.target);
      const name = nameOf(change);
      const known = tools.get(name) ?? { connector: change.connector, tool: change.tool, effect: change.effect, count: 0 };
      known.count += 1;
      if (change.reach === null) known.unknown = (known.unknown ?? 0) + 1;
      tools.set(name, known);
      strata.push({
        digest: change.digest,
        tool: interned(name),
        reach: change.reach,
        amount: told.amount,
        destination: interned(told.destinations[0] ?? change.destination),
        fields: Object.fromEntries(
          told.fields
            .slice(0, fieldsToldMax)
            .map(({ field, from, to }) => [interned(field), interned(`${shortText(from)} → ${shortText(to)}`)]),
        ),
      });
    });
    page = page.length < pageMax ? [] : await stagedAfter(database, row.id, page.at(-1)?.n ?? 0, pageMax);
  }
  const [duplicates, conflicts] = await Promise.all([duplicatesOf(database, row.id), conflictsOf(database, row.id)]);
  const sums = totals.done();
  const proposal = { ...sums, duplicates, conflicts: conflicts as BatchProposal['conflicts'], unreadable };
  return { numbers, digests, targets, strata, tools: [...tools.values()], reach: sums.reach.records + sums.reach.people, proposal };
}

function toldOf(row: BatchRow, change: StagedRow, { args = {}, before }: Opened, set: ReturnType<Proposing['policy']>) {
  const rules = rulesFor(set, change);
  const scope = scopeOf(row, change, args, before);
  const recipients = recipientsOf(rules, scope);
  const { n, effect, reach } = change;
  return {
    ...{ n, effect, reach, tool: nameOf(change) },
    amount: amountOf(rules, scope),
    destinations: destinationsOf(rules, scope, recipients, change.destination),
    lists: [...new Set([...storedLists(change.lists), ...listsOf(args, recipients, set.lists)])],
    fields: diffOf(args, asItWas(rules, scope)).fields,
  };
}

/** Lists that were found when the call was decided, resolved recipients among them. */
export function storedLists(text: string): readonly string[] {
  const stored: unknown = text === '' ? [] : JSON.parse(text);
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown) =>
    typeof one === 'string' ? [one] : typeof one === 'object' && one !== null && 'list' in one ? [String(one.list)] : [],
  );
}

/** Values come again and again: each is held once, and past so many different ones nothing tells kinds apart any more. */
function interning(max = 20_000): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    if (known.size >= max) return '…';
    known.set(text, text);
    return text;
  };
}
