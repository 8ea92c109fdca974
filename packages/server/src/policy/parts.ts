import type { Clock } from '../kernel/clock.ts';
import type { Provisioned } from '../kernel/directory.ts';
import type { StandingGrant } from '../kernel/grants.ts';
import type { Recorder } from '../kernel/recorder.ts';
import { type CompiledSet, compileSet, type Environment } from './compile/set.ts';
import { type PolicyDatabase, readSet } from './read.ts';

/** What changing the running policy needs. */
export interface PolicyParts {
  readonly database: PolicyDatabase;
  readonly recorder: Recorder;
  readonly env: Environment;
  readonly clock: Clock;
  /** The grants that are live: they let calls run unattended, too. Without it there are none. */
  readonly grants?: () => Promise<readonly StandingGrant[]>;
  /** Whom an identity provider keeps here: their names count like those of the directory. Without it there are none. */
  readonly people?: () => Provisioned;
}

export type Good = Extract<CompiledSet, { readonly ok: true }>;

/** A stored set, compiled; undefined when it is not there or does not check here. */
export async function compiled(parts: Pick<PolicyParts, 'database' | 'env'>, digest: string): Promise<Good | undefined> {
  const stored = await readSet(parts.database, digest);
  const set = stored && compileSet(stored.files, parts.env);
  return set?.ok ? set : undefined;
}
