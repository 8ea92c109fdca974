import { bindingsOf } from '../../kernel/bindings.ts';
import type { Call } from '../../kernel/call.ts';
import { boundKey, type ReadClass, type Remembered } from '../../kernel/data.ts';
import type { DataMemory, Steps } from '../../kernel/data-memory.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { personKey } from '../announced/locate.ts';
import { bindRun, boundOf, type ClassDatabase, insertRead, readSince } from './store.ts';

const hourMs = 60 * 60_000;

export interface ClassMemoryLimits {
  /** How long what was read counts, over all releases of the person. */
  readonly readForMs: number;
  /** How long a binding is kept; longer than any run. */
  readonly boundForMs: number;
  /** What was noted so recently is not written again. */
  readonly noteEveryMs: number;
  /** Notes of this process on what it wrote; beyond them it writes once more. */
  readonly notesMax: number;
}

const usual: ClassMemoryLimits = { readForMs: 8 * hourMs, boundForMs: 30 * 24 * hourMs, noteEveryMs: 10 * 60_000, notesMax: 50_000 };

/** Opens the memory over one database. Only what a rule of the policy asks for is kept or read. */
export function openDataMemory(parts: {
  readonly database: ClassDatabase;
  readonly policy: () => PolicySet;
  readonly limits?: ClassMemoryLimits;
}): DataMemory {
  const { database, policy, limits = usual } = parts;
  const watched = watchedClasses();
  const noted = new Map<string, number>();
  let forgottenAtMs = 0;
  return {
    recall(call) {
      const set = policy();
      const plugin = set.plugins.get(call.endpoint.plugin);
      const reads = (plugin?.mayNotLeave?.length ?? 0) > 0;
      const binds = (set.profiles.get(call.endpoint.plugin) ?? []).some((profile) => profile.binds !== undefined);
      return reads || binds ? recalled(call, personKey(set, call.credential.person), { reads, binds }) : call;
    },
    binding({ call, subject }) {
      const { profile, run, plugin } = subject;
      if (!profile?.binds) return undefined;
      const set = policy();
      const moment = { atMs: call.atMs, policy: set, organization: set.organization, probes: new Map() };
      const found = bindingsOf(profile.binds, call.args, run.id, expressionScope({ call, subject }, moment));
      const fresh = found.filter(({ name }) => !call.remembered?.bound.has(boundKey(run.id, name)));
      return fresh.length === 0
        ? undefined
        : bind(fresh, { call, run: run.id, person: personKey(set, subject.person), strict: plugin.mode === 'enforce' });
    },
    learned({ call, subject }, classes) {
      const set = policy();
      const from = `${subject.connector.id}.${call.name.slice(0, 128)}`;
      const person = personKey(set, subject.person);
      const rows = classes
        .filter((name) => watched(set).has(name))
        .map((name): ReadClass => ({ class: name, from, call: call.id, atMs: call.atMs }))
        .filter((row) => (noted.get(JSON.stringify([person, row.class, from])) ?? 0) <= row.atMs - limits.noteEveryMs);
      if (rows.length === 0) return undefined;
      const forget = call.atMs - forgottenAtMs > hourMs ? call.atMs - limits.readForMs - limits.noteEveryMs : undefined;
      return async (tx) => {
        await insertRead(tx, person, rows, forget);
        if (forget !== undefined) forgottenAtMs = call.atMs;
        return { ok: true, quiet: true };
      };
    },
  };

  async function recalled(call: Call, person: string, wanted: { readonly reads: boolean; readonly binds: boolean }): Promise<Call> {
    const [read, bound] = await Promise.all([
      wanted.reads ? readSince(database, person, call.atMs - limits.readForMs - limits.noteEveryMs) : [],
      wanted.binds ? boundOf(database, person, call.atMs - limits.boundForMs) : [],
    ]);
    for (const row of read) note(person, row);
    const remembered: Remembered = { read, bound: new Map(bound.map((row) => [boundKey(row.run, row.name), row.digest])) };
    return { ...call, remembered };
  }

  /** What is durable is not written again for a while. */
  function note(person: string, row: ReadClass): void {
    if (noted.size >= limits.notesMax) noted.clear();
    noted.set(JSON.stringify([person, row.class, row.from]), row.atMs);
  }

  function bind(
    found: readonly { readonly name: string; readonly digests: readonly string[] }[],
    about: { readonly call: Call; readonly run: string; readonly person: string; readonly strict: boolean },
  ): Steps {
    const { call, run, person, strict } = about;
    return async (tx) => {
      for (const { name, digests } of found) {
        const digest = digests[0] as string;
        const bound = await bindRun(tx, { run, name, person, digest, atMs: call.atMs }, call.atMs - limits.boundForMs);
        if (bound !== digest && strict) return { ok: false, conflict: `the run was bound to another ${name} in the same moment` };
      }
      return { ok: true, quiet: true };
    };
  }
}

/** The classes that some plugin of a policy may not let leave: what others read is nobody's question. */
function watchedClasses(): (set: PolicySet) => ReadonlySet<string> {
  const known = new WeakMap<PolicySet, ReadonlySet<string>>();
  return (set) => {
    const classes = known.get(set) ?? new Set([...set.plugins.values()].flatMap((plugin) => plugin.mayNotLeave ?? []));
    known.set(set, classes);
    return classes;
  };
}
