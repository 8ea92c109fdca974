import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { ChangeDraft } from '../../packages/server/src/kernel/batches.ts';
import type { Moment } from '../../packages/server/src/kernel/facts.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { Notice } from '../../packages/server/src/kernel/messages.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { askingOf } from '../../packages/server/src/stages/gate/asking.ts';
import { openBatchDesk } from '../../packages/server/src/stages/gate/batches/audit/act.ts';
import { openBatches } from '../../packages/server/src/stages/gate/batches/door.ts';
import { openAgentBatches } from '../../packages/server/src/stages/gate/batches/proposal/agent.ts';
import type { Gated } from '../../packages/server/src/stages/gate/gated.ts';
import { callOf, keys } from '../gate/desk.ts';
import { type SalesBook, salesBookFiles } from '../support/batch-policy.ts';
import type { FreshDatabase } from '../support/databases.ts';
import { ann } from '../support/e2e-policy.ts';

/** One wish: this account gets this tier; `was` is what stands there. */
export interface Wish {
  readonly id: string;
  readonly tier: string;
  readonly was?: string;
  readonly person?: string;
  /** How far it reaches; null where nobody can say. One record without it. */
  readonly reach?: number | null;
}

/** The parts that stage, propose and audit on one database, under the policy of the sales book. */
export async function openShelf(fresh: FreshDatabase, book: SalesBook = {}, changesMax?: number) {
  const { database } = fresh;
  const clock = { atMs: Date.UTC(2026, 5, 6, 12) };
  const now = () => clock.atMs;
  const entries: EntryFields[] = [];
  const told: Notice[] = [];
  const writing = openRecorder({ database, keys });
  const recorder: typeof writing = {
    ...writing,
    async commit(commit) {
      let added: readonly EntryFields[] = [];
      const { steps } = commit;
      const committed = await writing.commit({
        ...commit,
        ...(steps && {
          steps: async (tx) => {
            const said = await steps(tx);
            added = (said.ok && said.entries) || [];
            return said;
          },
        }),
      });
      if (committed.status === 'committed') entries.push(...commit.entries, ...added);
      return committed;
    },
  };
  let policy = policyOf(book);
  let author: string | undefined;
  const parts = {
    ...{ database, recorder, clock: now, policy: () => policy },
    unseal: openPayloads({ database, master: keys.master }).unsealMany,
    tell: async (_: unknown, notices: readonly Notice[]) => void told.push(...notices),
    author: async () => author,
  };
  const door = openBatches({ database, keys, policy: () => policy, clock: now, ...(changesMax !== undefined && { changesMax }) });
  return {
    ...{ parts, entries, told, clock, database },
    desk: openBatchDesk(parts),
    agents: openAgentBatches(parts),
    /** Another policy, made by this person where a test says whom. */
    publish: (other: SalesBook, by?: string) => {
      policy = policyOf(other);
      author = by;
    },
    /** Stages wishes as their agent's calls are staged; gives the batch. */
    async stage(wishes: readonly Wish[], tool = 'set_tier'): Promise<string> {
      let batch = '';
      for (let from = 0; from < wishes.length; from += 500) {
        const some = wishes.slice(from, from + 500).map((wish) => drafted(recorder, policy, tool, wish, now()));
        const committed = await recorder.commit({
          entries: [],
          sealed: some.flatMap(({ sealed }) => sealed),
          steps: async (tx) => {
            const staged = await door.stage(
              tx,
              some.map(({ draft }) => draft),
            );
            batch = staged.flatMap((one) => ('batch' in one ? [one.batch] : []))[0] ?? '';
            return { ok: true, entries: staged.flatMap((one) => ('entries' in one ? one.entries : [])) };
          },
        });
        if (committed.status !== 'committed') throw new Error(committed.status);
      }
      return batch;
    },
    close: () => writing.close(),
  };
}
export type Shelf = Awaited<ReturnType<typeof openShelf>>;

/** On whose side the agent of these tests asks. */
export const whose = { person: ann, plugin: 'sales-outreach', version: '2.1.0' };

/** Somebody who showed a code just now. */
export const shown = ({ clock }: Pick<Shelf, 'clock'>, person: string, roles: readonly string[] = ['approver']): ProvenPerson => ({
  ...{ person, roles },
  freshAtMs: clock.atMs,
});

/** So many accounts of tier B that become A. */
export function wishesOf(count: number, from = 0): readonly Wish[] {
  return Array.from({ length: count }, (_, at) => ({ id: String(10_000 + from + at), tier: 'A', was: 'B' }));
}

function policyOf(book: SalesBook): PolicySet {
  const compiled = compileSet(salesBookFiles('http://127.0.0.1:9', book), {});
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.set;
}

function drafted(recorder: ReturnType<typeof openRecorder>, policy: PolicySet, tool: string, wish: Wish, atMs: number) {
  const { id, tier, was, person = ann, reach = 1 } = wish;
  const connector = 'crm-act';
  const rules = policy.connectors.get(connector)?.tools.get(tool);
  const plugin = policy.plugins.get('sales-outreach');
  if (!rules || !plugin) throw new Error(tool);
  const args: JsonObject = { id, tier };
  const credential = { ...callOf(atMs).credential, person };
  const call = callOf(atMs, {
    id: newCallId(atMs),
    endpoint: { plugin: plugin.id, version: plugin.version, connector },
    name: tool,
    args,
    credential,
  });
  const frozen = recorder.seal('R-1', { arguments: args, extra: {}, call: { method: 'tools/call', name: tool } });
  const image = was === undefined ? undefined : { id, tier: was, name: `Account ${id}` };
  const before = image && recorder.seal('R-1', image);
  const facts = {
    call,
    subject: { person, plugin, run: { id: 'R-1', startedAtMs: atMs, fresh: false } },
    permitted: { rules, pinned: { digest: 'sha256:d1' } },
    tiered: { tier: 'medium', effect: rules.effect, reversible: true, reach, destination: 'inside' },
  };
  const stage = rules.stage ?? { sample: 10, ticketOver: undefined, rule: 'stage' };
  const { rule: asks, past } = askingOf(facts as unknown as Gated, { organization: policy.organization } as Moment);
  const lasting = rules.effect === 'send' || rules.effect === 'delete';
  const ruling = {
    ...{ verdict: 'stage', code: 'staged', rule: stage.rule, says: 'staged' },
    staging: {
      ...{ level: null, sample: stage.sample, ticketOver: stage.ticketOver, lasting, high: lasting, whole: lasting || past, asks },
      ...(image && { before: { target: { connector: 'crm', tool: 'get_account', args: { id } } } }),
    },
  };
  const draft = {
    call,
    facts,
    ruling,
    sealedArguments: frozen.digest,
    before: image && before && { image, sealed: before.digest },
    policy: 'p',
  };
  return { draft: draft as unknown as ChangeDraft, sealed: before ? [frozen, before] : [frozen] };
}
