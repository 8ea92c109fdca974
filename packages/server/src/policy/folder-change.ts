import type { DiffReport, PolicyProblem } from '@trapkey/contract/policy/reports.ts';
import { publish } from './act.ts';
import { folderName, policyEntry } from './entries.ts';
import { type FolderMemory, loadFolder } from './folder.ts';
import type { Good, PolicyParts } from './parts.ts';
import { problemsInWords } from './problems.ts';
import { type Pointer, readProposal, readSet } from './read.ts';
import { diffWithBlast } from './signing.ts';
import { proposeSet, supersede } from './store.ts';

/** What a look at the folder came to. */
export type FolderSaid =
  | { readonly status: 'same' }
  | { readonly status: 'broken'; readonly problems: readonly PolicyProblem[] }
  | { readonly status: 'tightened'; readonly diff: DiffReport }
  | { readonly status: 'proposed'; readonly diff: DiffReport; readonly fresh: boolean };

/** What looking at a folder needs. `reported` remembers the last mistakes, so that one mistake is one entry. */
export interface FolderParts extends PolicyParts {
  readonly folder: string;
  readonly reported: { last: string };
  readonly memory: FolderMemory;
}

/**
 * Compares the folder with the running set. Only a change that is proved to tighten, to a set that never ran before,
 * applies by itself: after a rollback the folder must not undo what an administrator did.
 */
export async function lookAtFolder(parts: FolderParts, running: Good, pointer: Pointer): Promise<FolderSaid> {
  const loaded = await loadFolder(parts.folder, parts.env, parts.memory);
  if (!loaded.ok) return await broken(parts, loaded.problems, pointer);
  parts.reported.last = '';
  const { digest } = loaded.set;
  const waiting = await readProposal(parts.database);
  if (digest === pointer.digest) {
    if (waiting?.by === folderName) await parts.recorder.commit({ entries: [], steps: (tx) => supersede(tx, digest) });
    return { status: 'same' };
  }
  const diff = await diffWithBlast(parts, running, loaded);
  if (waiting?.digest === digest) return { status: 'proposed', diff, fresh: false };
  const detail = [...(diff.blast ?? []), ...diff.changes.map(({ says }) => says)].join('; ');
  const ranBefore = (await readSet(parts.database, digest))?.state === 'published';
  if (diff.tightens && !ranBefore) {
    const report = await publish(parts, loaded, pointer, {
      by: folderName,
      action: 'policy.tighten',
      reason: 'every change is proved to tighten',
      detail,
    });
    if (report.status === 'applied') return { status: 'tightened', diff };
  }
  const atMs = parts.clock();
  await parts.recorder.commit({
    entries: [policyEntry({ action: 'policy.propose', digest, by: folderName, atMs, reason: 'waits for `trapkey policy apply`', detail })],
    steps: (tx) => proposeSet(tx, { digest, files: loaded.files, by: folderName, note: 'the policy folder changed', atMs }, pointer),
  });
  return { status: 'proposed', diff, fresh: true };
}

async function broken(parts: FolderParts, problems: readonly PolicyProblem[], pointer: Pointer): Promise<FolderSaid> {
  const detail = problemsInWords(problems);
  if (parts.reported.last !== detail) {
    const reason = 'the policy folder does not check; the last published set keeps running';
    await parts.recorder.commit({
      entries: [policyEntry({ action: 'policy.refuse', digest: pointer.digest, by: folderName, atMs: parts.clock(), reason, detail })],
    });
    parts.reported.last = detail;
  }
  return { status: 'broken', problems };
}
