import type {
  ApplyReport,
  CaseResult,
  CheckReport,
  DiffReport,
  PolicyProblem,
  ReplayReport,
  SignReport,
} from '@trapkey/contract/policy/reports.ts';
import type { ProvenPerson } from '../kernel/approvals.ts';
import type { People } from '../kernel/people.ts';
import type { CredentialOptions, Terminal } from './credential.ts';
import { checkText } from './policy-text.ts';

/** What was looked at before the code was asked for: nothing else is changed. */
interface Meant {
  readonly digest?: string | undefined;
  readonly running?: string | undefined;
}

type OrProblems<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly says: string; readonly problems: readonly PolicyProblem[] };

/** What the commands that read only a folder work with; no database, no server. */
export interface PolicyDesk {
  /** Where the policy is when the command names no folder. */
  folder(globals: Globals): string;
  check(folder: string): Promise<CheckReport & { readonly cases: readonly CaseResult[] }>;
  schema(): object;
}

/** What the commands that know the running set work with; no server needs to run. */
export interface PolicyDoor {
  readonly people: People;
  diff(folder: string): Promise<OrProblems<{ readonly diff: DiffReport }>>;
  replay(folder: string): Promise<OrProblems<{ readonly replay: ReplayReport }>>;
  /** Looks at the configured folder, so that what it holds now is what waits. */
  propose(): Promise<{
    readonly status: 'same' | 'broken' | 'tightened' | 'proposed';
    readonly problems?: readonly PolicyProblem[];
    readonly diff?: DiffReport;
  }>;
  standing(): Promise<{ readonly running: string; readonly previous: string | undefined }>;
  apply(by: ProvenPerson, meant: Meant): Promise<ApplyReport>;
  rollback(by: ProvenPerson, meant: Meant): Promise<ApplyReport>;
  sign(by: ProvenPerson, digest?: string): Promise<SignReport>;
  close(): Promise<void>;
}

type Globals = Readonly<Record<string, unknown>>;
/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenPolicyDoor = (globals: Globals) => Promise<PolicyDoor>;

/** Options of the commands about policy. */
export interface PolicyOptions extends CredentialOptions {
  readonly json?: boolean;
}

/** What each of them is given. */
export interface PolicyParts {
  readonly desk: PolicyDesk;
  readonly open: OpenPolicyDoor;
  readonly terminal: Terminal;
}

/** Mistakes, as a check prints them. */
export function problemText({ says, problems }: { readonly says: string; readonly problems: readonly PolicyProblem[] }): string {
  return `${says === '' ? '' : `${says}\n`}${checkText({ digest: undefined, errors: problems, warnings: [], cases: [] })}`;
}

/** Prints the words, or with --json the value. */
export function say(terminal: Terminal, options: Pick<PolicyOptions, 'json'>, value: unknown, words: string): void {
  terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
}

/** Exit code 1. */
export function failWhen(failed: boolean): void {
  if (failed) process.exitCode = 1;
}
