import type { PolicyReplay } from '@trapkey/contract/api/policy.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { identityOf, rolesFor } from './access/sessions/identity.ts';
import { readSessions } from './access/sessions/read.ts';
import type { Config } from './config.ts';
import { parseQuery } from './effects/record/query/parse.ts';
import { openRecordReader } from './effects/record/read.ts';
import { rfc3339 } from './kernel/clock.ts';
import { RecordUnavailable } from './kernel/errors.ts';
import { HttpRefusal, type Route } from './kernel/http.ts';
import { mayTry, type Sent } from './policy/desk/lists.ts';
import { untried } from './policy/desk/looking.ts';
import { compileTexts, sortTexts } from './policy/desk/texts.ts';
import type { RecordedDecision } from './policy/replay.ts';
import { replay } from './policy/replay.ts';
import { policyRoutes } from './policy/routes.ts';
import type { Store } from './wire.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { withoutCanaryPlugin } from './wire-canary.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { decisionsOf } from './wire-policy.ts';
import { recordedReaders } from './wire-recorded.ts';
import { decideAgain, decideCase, type SealedInputs } from './wire-redecide.ts';

/** A replay that somebody waits for looks no longer than this. */
const replayMs = 5_000;
const changedMax = 200;
const pageEntries = 100;

type Environment = Readonly<Record<string, string | undefined>>;

/** The policy for whoever is signed in. */
export function policyDeskRoutes(
  config: Pick<Config, 'policyFolder'>,
  env: Environment,
  store: Store,
  policy: GovernedPolicy,
): readonly Route[] {
  const { database, recorder, clock } = store;
  const current = () => withoutCanaryPlugin(policy.current());
  return policyRoutes({
    ...{ database, recorder, clock, env, decideCase, policy, current },
    folder: config.policyFolder,
    grants: liveGrantsOf(store),
    async person(name) {
      const set = policy.current();
      const id = identityOf(set, name);
      const known = set.directory.get(id);
      const roles = await rolesFor(set, readSessions(database), id, undefined);
      return { id, known: known !== undefined, groups: known?.groups ?? [], roles };
    },
    replay: (sent, asked) => replayTexts(env, store, policy, sent, asked),
  });
}

async function replayTexts(
  env: Environment,
  store: Store,
  policy: GovernedPolicy,
  sent: Sent,
  asked: { readonly last: number; readonly person: string },
): Promise<PolicyReplay> {
  const next = compileTexts(sortTexts(sent.files).set, env);
  const none = { replayed: 0, same: 0, unreadable: 0, transitions: {}, changed: [], more: false, cut: false };
  if (!next.ok) return { ...none, errors: [...next.problems] };
  if (!(await mayTry(store.database, sent, next.set.digest))) throw new HttpRefusal(403, 'lists_withheld', untried(sent));
  await lookedInto(store, next.set.digest, asked);
  const again = decideAgain(policy.over(next.set), await recordedReaders(store));
  const progress = { cut: false };
  const { changed, transitions, more, ...counts } = await replay(lastDecisions(store, asked.last, progress), again);
  return {
    errors: [],
    ...counts,
    transitions: { ...transitions },
    changed: changed.slice(0, changedMax).map((one) => ({ ...one })),
    more: more || changed.length > changedMax,
    cut: progress.cut,
  };
}

/** Who asks sealed payloads what they hold, and by which texts, is durable before the first of them is opened. */
async function lookedInto(
  { recorder, clock }: Store,
  digest: string,
  { last, person }: { readonly last: number; readonly person: string },
) {
  const entry: EntryFields = {
    timestamp: rfc3339(clock()),
    kind: 'admin',
    action: 'record.replay',
    on_behalf_of: person,
    subject: digest,
    assurance: { on_behalf_of: 'proved' },
    detail: `the last ${last} decisions`,
  };
  const committed = await recorder.commit({ entries: [entry] });
  if (committed.status !== 'committed') throw new RecordUnavailable('that calls are decided again could not be recorded');
}

/** The newest decisions, newest first, until the time is over. */
async function* lastDecisions(
  { database, payloads, clock }: Store,
  last: number,
  progress: { cut: boolean },
): AsyncGenerator<RecordedDecision<SealedInputs>> {
  const reader = openRecordReader({ database });
  const query = parseQuery('kind:decided', clock());
  const overAtMs = performance.now() + replayMs;
  let before: number | undefined;
  let left = last;
  do {
    const page = await reader.list(query, { limit: Math.min(pageEntries, left), ...(before !== undefined && { before }) });
    for await (const decision of decisionsOf(payloads, page.entries)) {
      if (performance.now() > overAtMs) {
        progress.cut = true;
        return;
      }
      yield decision;
      // Others get their turn: each decision evaluates what somebody wrote.
      await new Promise((resolve) => setImmediate(resolve));
    }
    left -= page.entries.length;
    before = page.next;
  } while (before !== undefined && left > 0 && performance.now() <= overAtMs);
  progress.cut ||= before !== undefined && left > 0;
}
