import type { ApplyReport, PolicyProblem, SignReport } from '@trapkey/contract/policy/reports.ts';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { applyPolicy, type Meant, publish, rollbackPolicy } from './act.ts';
import { compileSet } from './compile/set.ts';
import { folderName } from './entries.ts';
import { type FolderMemory, loadFolder } from './folder.ts';
import { type FolderSaid, lookAtFolder } from './folder-change.ts';
import { compiled, type Good, type PolicyParts } from './parts.ts';
import { problemsInWords } from './problems.ts';
import { type Pointer, readPointer, readSet } from './read.ts';
import { runningOf, signPolicy } from './signing.ts';

/** Something about the policy that a person must hear of. Calls go on under the last set that checked. */
export interface PolicyAlarm {
  readonly says: string;
  readonly problems: readonly PolicyProblem[];
}

export interface OpenPolicyParts extends PolicyParts {
  readonly folder: string;
  readonly onAlarm: (alarm: PolicyAlarm) => void;
  /** Told when another set runs, with what changed in words; also when another process published it. */
  readonly onPublished?: (says: string, set: PolicySet) => void;
}

/** The policy of one process: which set runs, and what may change it. */
export interface OpenPolicy {
  current(): PolicySet;
  /** Looks which set is published; called when the database changed. A set that does not check here changes nothing and alarms. */
  refresh(): Promise<void>;
  /** Looks at the folder: tightens by itself, proposes anything else, alarms when it does not check. */
  checkFolder(): Promise<FolderSaid>;
  /**
   * Does something while nobody looks at the folder: between a set that runs and the folder that is brought in line with it, the
   * folder would propose to go back. Not to be nested.
   */
  undisturbed<T>(act: () => Promise<T>): Promise<T>;
  /** What runs now and what ran before, for whoever looks before they act. */
  standing(): Promise<{ readonly running: string; readonly previous: string | undefined }>;
  apply(by: ProvenPerson, meant?: Meant): Promise<ApplyReport>;
  rollback(by: ProvenPerson, meant?: Meant): Promise<ApplyReport>;
  /** By one of those whom `blast_radius.above` names. */
  sign(by: ProvenPerson, digest?: string): Promise<SignReport>;
}

/**
 * Opens the policy: the published set, or the folder's on the first start. A folder that does not check, with nothing
 * published yet, does not start; with something published, that keeps running and an alarm is raised.
 */
export async function openPolicy(parts: OpenPolicyParts): Promise<OpenPolicy> {
  const opened = await openRunning(parts);
  let { pointer, good } = opened;
  const reported = { last: '' };
  const memory: FolderMemory = { last: undefined };
  let alarmed = '';
  const alarm = (said: PolicyAlarm): void => {
    const key = JSON.stringify(said);
    if (key !== alarmed) parts.onAlarm(said);
    alarmed = key;
  };
  const refresh = async (): Promise<void> => {
    const now = await readPointer(parts.database);
    if (!now || now.generation === pointer.generation) return;
    const next = await compiled(parts, now.digest);
    if (!next) {
      alarm({
        says: `The published policy ${now.digest} does not check on this machine; ${pointer.digest} keeps running here.`,
        problems: [],
      });
      return;
    }
    pointer = now;
    good = next;
    parts.onPublished?.(`Policy ${now.digest} runs (generation ${now.generation}).`, next.set);
  };
  let last: Promise<unknown> = Promise.resolve();
  const undisturbed = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    current: () => good.set,
    refresh,
    undisturbed,
    checkFolder: () =>
      undisturbed(async () => {
        await refresh();
        const said = await lookAtFolder({ ...parts, reported, memory }, good, pointer);
        if (said.status === 'broken')
          alarm({ says: `The policy folder does not check, so it is not used; ${pointer.digest} keeps running.`, problems: said.problems });
        else alarmed = '';
        await refresh();
        return said;
      }),
    sign: (by, digest) => signPolicy(parts, by, digest),
    async standing() {
      const now = await readPointer(parts.database);
      return { running: runningOf(now), previous: now?.previous };
    },
    apply: async (by, meant) => {
      const report = await applyPolicy(parts, by, meant);
      await refresh();
      return report;
    },
    rollback: async (by, meant) => {
      const report = await rollbackPolicy(parts, by, meant);
      await refresh();
      return report;
    },
  };
}

async function openRunning(parts: OpenPolicyParts): Promise<{ pointer: Pointer; good: Good }> {
  const before = (await readPointer(parts.database)) ?? (await publishFirst(parts));
  const good = await compiled(parts, before.digest);
  if (!good) {
    const stored = await readSet(parts.database, before.digest);
    const again = stored && compileSet(stored.files, parts.env);
    const why = again && !again.ok ? `\n${problemsInWords(again.problems)}` : '';
    throw new UserError(
      `The published policy ${before.digest} does not check on this machine, so nothing starts.${why}`,
      'Set the environment variables that it names, as where it was published.',
    );
  }
  return { pointer: before, good };
}

async function publishFirst(parts: OpenPolicyParts): Promise<Pointer> {
  const loaded = await loadFolder(parts.folder, parts.env);
  if (!loaded.ok) {
    throw new UserError(
      `The policy in ${parts.folder} does not check, and none was published before, so nothing starts.\n${problemsInWords(loaded.problems)}`,
      'Mend it; `trapkey policy check` says when it is right.',
    );
  }
  const report = await publish(parts, loaded, undefined, { by: folderName, action: 'policy.first', reason: 'the first start', detail: '' });
  const pointer = report.status === 'applied' || report.status === 'refused' ? await readPointer(parts.database) : undefined;
  if (!pointer) throw new Error('the first policy was neither published nor found');
  return pointer;
}
