import { effects } from '@trapkey/contract/codes.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { NamedScope, StopScope } from '../../../kernel/readers.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { identityIn } from './releasing.ts';

/** What names are looked up in. */
export interface Names {
  /** Undefined where no policy can be read, which must not be in the way of a stop: then names are taken as they are typed. */
  readonly policy: PolicySet | undefined;
  readonly findRun: (id: string) => Promise<{ readonly person: string; readonly release: string } | undefined>;
  readonly isKnownPerson: (person: string) => Promise<boolean>;
}

const next =
  'Say `everything`, `plugin:<id>`, `release:<id>@<version>`, `connector:<id>`, `credential:<connection>`, `tool:<connector>.<tool>`, `effect:<effect>`, `person:<id>`, `run:<id>` or `agent:<id>`.';

/** Reads a scope as people type it. Throws, in words, where nothing has that name. */
export async function resolveScope(names: Names, text: string): Promise<StopScope> {
  const words = text.trim();
  if (words.toLowerCase() === 'everything') return { kind: 'everything' };
  const [, kind = '', id = ''] = /^([a-z]+):(\S.{0,199})$/.exec(words) ?? [];
  if (kind === 'run') return await runOf(names, id);
  const known = knownNames(names.policy);
  if (!(kind in known) && kind !== 'person' && kind !== 'agent') throw new UserError(`\`${words.slice(0, 80)}\` cannot be stopped.`, next);
  if (kind === 'agent') return { kind, id };
  if (kind === 'person') return await personOf(names, id);
  const ids = known[kind as keyof typeof known];
  const named = { kind: kind as NamedScope, id };
  if (ids === undefined || ids.includes(id) || isOlderRelease(named, known.plugin)) return named;
  const offered = ids.length > 0 ? `Known: ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ' …' : ''}.` : `The policy has no ${kind}.`;
  throw new UserError(`No ${kind} is called \`${id.slice(0, 80)}\`. Nothing was stopped.`, offered);
}

function knownNames(policy: PolicySet | undefined) {
  const connectors = policy && [...policy.connectors.values()];
  return {
    plugin: policy && [...policy.plugins.keys()],
    release: policy && [...policy.plugins.values()].map(({ id, version }) => `${id}@${version}`),
    connector: connectors?.map(({ id }) => id),
    credential: policy && [...policy.connections.keys()],
    tool: connectors?.flatMap(({ id, tools }) => [...tools.keys()].map((tool) => `${id}.${tool}`)),
    effect: Object.keys(effects),
  } as const;
}

/** Tokens of an older release may be out; a tool that only `*` covers has no name in the policy. */
function isOlderRelease({ kind, id }: { readonly kind: string; readonly id: string }, plugins: readonly string[] | undefined): boolean {
  return kind === 'release' && (plugins?.includes(id.slice(0, id.lastIndexOf('@'))) ?? true);
}

async function runOf({ findRun }: Names, typed: string): Promise<StopScope> {
  const id = typed.toUpperCase();
  const found = /^R-[0-9A-Z]{10}$/.test(id) ? await findRun(id) : undefined;
  if (found) return { kind: 'run', id, ...found };
  throw new UserError(`There is no run ${id.slice(0, 40)}. Nothing was stopped.`, 'A ticket and every entry of the record name theirs.');
}

async function personOf({ policy, isKnownPerson }: Names, typed: string): Promise<StopScope> {
  const id = identityIn(policy, typed);
  if (policy === undefined || policy.directory.has(id) || (await isKnownPerson(id))) return { kind: 'person', id };
  throw new UserError(
    `Nobody is called \`${typed.slice(0, 80)}\`. Nothing was stopped.`,
    'Name a person as the directory or their tokens do.',
  );
}
