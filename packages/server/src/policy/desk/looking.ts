import { isDeepStrictEqual } from 'node:util';
import type { PolicyChecked, PolicyDiff, PolicyNow, PolicySetShown } from '@trapkey/contract/api/policy.ts';
import type { DiffReport } from '@trapkey/contract/policy/reports.ts';
import { blastWarnings } from '../blast-warnings.ts';
import { type DecideCase, runCases } from '../cases.ts';
import { warningsOf } from '../check.ts';
import { loadFolder } from '../folder.ts';
import { compiled, type Good, type PolicyParts } from '../parts.ts';
import { readPointer, readProposal, readSet, readSigns } from '../read.ts';
import { diffWithBlast, runningOf } from '../signing.ts';
import { mayTry, type Sent, shownCases, shownFiles } from './lists.ts';
import { compileTexts, sortTexts } from './texts.ts';

/** What looking at policy needs besides what changing it does. */
export interface LookingParts extends PolicyParts {
  readonly folder: string;
  readonly decideCase: DecideCase;
}

/** What runs, what waits, and what the watched folder holds. */
export async function policyNow(parts: LookingParts, sees: boolean): Promise<PolicyNow | undefined> {
  const { database, env, folder } = parts;
  const [pointer, held] = await Promise.all([readPointer(database), loadFolder(folder, env)]);
  const [running, waiting] = await Promise.all([pointer && readSet(database, pointer.digest), readProposal(database)]);
  if (!pointer || !running) return undefined;
  const { files, ...about } = running;
  const state = !held.ok ? 'broken' : held.set.digest === pointer.digest ? 'same' : 'other';
  return {
    running: { ...about, generation: pointer.generation, previous: pointer.previous ?? null },
    files: [...shownFiles(files, sees), ...shownCases(held.cases)],
    waiting: waiting ? await waitingOf(parts, waiting, runningOf(pointer)) : null,
    folder: { path: folder, state },
  };
}

async function waitingOf(
  parts: LookingParts,
  { files: _files, ...about }: NonNullable<Awaited<ReturnType<typeof readProposal>>>,
  running: string,
): Promise<PolicyNow['waiting']> {
  const { set, ...signed } = { set: about, signed: [...(await readSigns(parts.database, about.digest, running))] };
  return { ...set, ...signed, diff: await diffTo(parts, await compiled(parts, about.digest)) };
}

/** One stored set, and what it would change. */
export async function setShown(parts: LookingParts, digest: string, sees: boolean): Promise<PolicySetShown | undefined> {
  const stored = await readSet(parts.database, digest);
  if (!stored) return undefined;
  const { files, ...about } = stored;
  return { ...about, files: shownFiles(files, sees), diff: await diffTo(parts, await compiled(parts, digest)) };
}

/** A check that somebody waits for runs so many cases, and no longer. */
const caseBounds = { casesMax: 1_000, ms: 5_000 };

/** Everything that may be said of texts before anybody proposes them. Cases that were not sent are those of the folder. */
export async function checkTexts(parts: LookingParts, sent: Sent): Promise<PolicyChecked> {
  const texts = sortTexts(sent.files);
  const next = compileTexts(texts.set, parts.env);
  if (!next.ok) return { digest: null, errors: [...next.problems], warnings: [], cases: [], cut: false, diff: null };
  const nowMs = parts.clock();
  const held = (await loadFolder(parts.folder, parts.env)).cases;
  const own = Object.keys(texts.cases).length > 0 && !isDeepStrictEqual(texts.cases, held);
  const tries = (await mayTry(parts.database, sent, next.set.digest)) && !(own && sent.withheld.length > 0);
  const { cases, cut } = await runCases(tries ? (own ? texts.cases : held) : {}, next.set, parts.decideCase, nowMs, caseBounds);
  return {
    digest: next.set.digest,
    errors: [],
    warnings: [...(tries ? [] : [untried(sent)]), ...warningsOf(next), ...blastWarnings(next.set, nowMs)],
    cases: [...cases],
    cut,
    diff: await diffTo(parts, next),
  };
}

/** Why texts were not tried on anything. */
export function untried({ withheld }: Sent): string {
  return `These texts were not tried on calls or cases: they use ${withheld.join(', ')}, which only administrators and auditors read.`;
}

async function diffTo(parts: LookingParts, next: Good | undefined): Promise<PolicyDiff | null> {
  const pointer = await readPointer(parts.database);
  const running = pointer && (await compiled(parts, pointer.digest));
  return running && next && running.set.digest !== next.set.digest ? shownDiff(await diffWithBlast(parts, running, next)) : null;
}

function shownDiff(diff: DiffReport): PolicyDiff {
  return JSON.parse(JSON.stringify(diff)) as PolicyDiff;
}
