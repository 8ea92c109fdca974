import type { PolicyReplay } from '@trapkey/contract/api/policy.ts';
import { identityOf, rolesFor } from './access/sessions/identity.ts';
import { readSessions } from './access/sessions/read.ts';
import { openPinnedCatalog } from './catalog/read.ts';
import type { Config } from './config.ts';
import { parseQuery } from './effects/record/query/parse.ts';
import { openRecordReader } from './effects/record/read.ts';
import type { Route } from './kernel/http.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import type { PolicyFiles } from './policy/compile/set.ts';
import { compileTexts, sortTexts } from './policy/desk/texts.ts';
import type { RecordedDecision } from './policy/replay.ts';
import { replay } from './policy/replay.ts';
import { policyRoutes } from './policy/routes.ts';
import { recordedGrants } from './stages/gate/grants/read.ts';
import { recipientsDigest } from './stages/gate/recipients.ts';
import type { Store } from './wire.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { withoutCanaryPlugin } from './wire-canary.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { recordedDecision } from './wire-policy.ts';
import { decideAgain, decideCase, type SealedInputs } from './wire-redecide.ts';

/** A replay that somebody waits for looks no longer than this. */
const replayMs = 5_000;
const changedMax = 200;
const pageEntries = 500;

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
    replay: (files, last) => replayTexts(env, store, policy, files, last),
  });
}

async function replayTexts(
  env: Environment,
  store: Store,
  policy: GovernedPolicy,
  files: PolicyFiles,
  last: number,
): Promise<PolicyReplay> {
  const { database, keys } = store;
  const next = compileTexts(sortTexts(files).set, env);
  const none = { replayed: 0, same: 0, unreadable: 0, transitions: {}, changed: [], more: false, cut: false };
  if (!next.ok) return { ...none, errors: [...next.problems] };
  const [definitions, grants] = await Promise.all([openPinnedCatalog({ database }), recordedGrants(database, compileBounds)]);
  const again = decideAgain(policy.over(next.set), { definitions, recipientsDigest: recipientsDigest(keys.names), grants });
  const progress = { cut: false };
  const { changed, transitions, more, ...counts } = await replay(lastDecisions(store, last, progress), again);
  return {
    errors: [],
    ...counts,
    transitions: { ...transitions },
    changed: changed.slice(0, changedMax).map((one) => ({ ...one })),
    more: more || changed.length > changedMax,
    cut: progress.cut,
  };
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
    for (const entry of page.entries) {
      if (performance.now() > overAtMs) {
        progress.cut = true;
        return;
      }
      const decision = await recordedDecision(payloads, entry);
      if (decision) yield decision;
    }
    left -= page.entries.length;
    before = page.next;
    // Others get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  } while (before !== undefined && left > 0);
}
