import type { CaseResult, CheckReport, DiffReport, PolicyProblem, ReplayReport } from '@trapkey/contract/policy/reports.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { blastWarnings } from './blast-warnings.ts';
import { type DecideCase, runCases } from './cases.ts';
import { warningsOf } from './check.ts';
import type { Environment } from './compile/set.ts';
import { loadFolder } from './folder.ts';
import { compiled, type Good, type PolicyParts } from './parts.ts';
import { readPointer } from './read.ts';
import { type DecideAgain, type RecordedDecision, replay } from './replay.ts';
import { diffWithBlast } from './signing.ts';

export interface CheckedFolder extends CheckReport {
  readonly cases: readonly CaseResult[];
}

export type OrProblems<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly says: string; readonly problems: readonly PolicyProblem[] };

/** `policy check` and `policy test`: errors, warnings, and every case beside the policy. Needs no database. */
export async function checkPolicy(parts: {
  readonly folder: string;
  readonly env: Environment;
  readonly decideCase: DecideCase;
  readonly nowMs: number;
}): Promise<CheckedFolder> {
  const loaded = await loadFolder(parts.folder, parts.env);
  if (!loaded.ok) return { digest: undefined, errors: loaded.problems, warnings: [], cases: [] };
  const { cases } = await runCases(loaded.cases, loaded.set, parts.decideCase, parts.nowMs);
  return { digest: loaded.set.digest, errors: [], warnings: [...warningsOf(loaded), ...blastWarnings(loaded.set, parts.nowMs)], cases };
}

/** `policy diff`: the folder against the set that runs. */
export async function diffPolicy(
  parts: Pick<PolicyParts, 'database' | 'env' | 'grants' | 'clock'> & { readonly folder: string },
): Promise<OrProblems<{ readonly diff: DiffReport }>> {
  const both = await againstRunning(parts);
  return both.ok ? { ok: true, diff: await diffWithBlast(parts, both.running, both.folder) } : both;
}

/** `policy replay`: every recorded decision again, under the folder's set. */
export async function replayPolicy<Inputs>(parts: {
  readonly folder: string;
  readonly env: Environment;
  readonly decisions: AsyncIterable<RecordedDecision<Inputs>>;
  readonly decideAgain: (set: PolicySet) => DecideAgain<Inputs>;
}): Promise<OrProblems<{ readonly replay: ReplayReport }>> {
  const loaded = await loadFolder(parts.folder, parts.env);
  if (!loaded.ok) return { ok: false, says: 'The folder does not check.', problems: loaded.problems };
  return { ok: true, replay: await replay(parts.decisions, parts.decideAgain(loaded.set)) };
}

async function againstRunning(
  parts: Pick<PolicyParts, 'database' | 'env'> & { readonly folder: string },
): Promise<OrProblems<{ readonly running: Good; readonly folder: Good }>> {
  const loaded = await loadFolder(parts.folder, parts.env);
  if (!loaded.ok) return { ok: false, says: 'The folder does not check.', problems: loaded.problems };
  const pointer = await readPointer(parts.database);
  if (!pointer) return { ok: false, says: 'No policy is published yet; `trapkey up` publishes the folder.', problems: [] };
  const running = await compiled(parts, pointer.digest);
  if (!running)
    return {
      ok: false,
      says: `The published policy ${pointer.digest} does not check on this machine; set the environment variables that it names.`,
      problems: [],
    };
  return { ok: true, running, folder: loaded };
}
