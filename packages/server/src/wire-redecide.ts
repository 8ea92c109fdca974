import type { JsonObject } from '@trapkey/contract/json.ts';
import type { AutonomyReader } from './kernel/autonomy.ts';
import type { Call } from './kernel/call.ts';
import type { Pinned, ProbeAnswer, Run } from './kernel/facts.ts';
import { type GrantReader, noGrants } from './kernel/grants.ts';
import type { DefinitionReader } from './kernel/readers.ts';
import type { PolicySet } from './kernel/rules.ts';
import { type Decided, decide } from './pipeline/decide.ts';
import { type PipelineReaders, pipeline } from './pipeline/pipeline.ts';
import type { CaseCall, CaseVerdict } from './policy/cases.ts';
import { tableJudge } from './wire-tables.ts';

/** Cases and replays ask about policy: what an upstream declares is taken as reviewed where it is not known here. */
const unknownDefinition: Pinned = { digest: 'sha256:unknown', tool: undefined, validateInput: () => undefined, validateOutput: undefined };

/** Inputs of a decision as sealed with it; see `decisionInputs`. */
export interface SealedInputs {
  readonly run: { readonly id: string; readonly started_at_ms: number } | null;
  readonly arguments: JsonObject;
  readonly extra: JsonObject;
  readonly call: {
    readonly id: string;
    readonly attempt: number;
    readonly at_ms: number;
    readonly endpoint: Call['endpoint'];
    readonly method: Call['method'];
    readonly name: string;
    readonly session: string | null;
    readonly client: Call['client'];
    readonly claims: Call['claims'];
    readonly via: Call['via'];
    readonly announced?: Call['announced'];
    readonly ticket: Call['ticket'] | null;
    readonly earlier?: Call['earlier'];
    readonly staged?: Call['staged'];
    readonly change?: Call['change'];
    readonly origins?: Call['origins'];
  };
  readonly credential: Omit<Call['credential'], 'profile'> & { readonly profile: string | null };
  readonly probes: Readonly<Record<string, ProbeAnswer>>;
  /** The standing grant that let it run, where one did; from the entry, not from what was sealed. */
  readonly grant?: string | undefined;
}

/** Decides recorded inputs again under another set; undefined where a fact that it asks for was never read. */
export function decideAgain(
  set: PolicySet,
  readers: Pick<PipelineReaders, 'definitions' | 'recipientsDigest'> & {
    readonly grants: (grant: string) => GrantReader;
    /** Levels as they were lowered at that time. */
    readonly autonomy: AutonomyReader;
  },
) {
  return (inputs: SealedInputs): CaseVerdict | undefined => {
    const { call, credential } = inputs;
    const again: Call = {
      id: call.id,
      attempt: call.attempt,
      atMs: call.at_ms,
      endpoint: call.endpoint,
      method: call.method,
      name: call.name,
      args: inputs.arguments,
      extra: inputs.extra,
      credential: { ...credential, profile: credential.profile ?? undefined },
      session: call.session ?? undefined,
      client: call.client,
      claims: call.claims,
      clientCapabilities: {},
      via: call.via,
      ticket: call.ticket ?? undefined,
      earlier: call.earlier,
      staged: call.staged,
      change: call.change,
      origins: call.origins,
      announced: call.announced,
    };
    const run: Run = { id: inputs.run?.id ?? 'R-REPLAY', startedAtMs: inputs.run?.started_at_ms ?? call.at_ms, fresh: false };
    const grants = inputs.grant === undefined ? noGrants : readers.grants(inputs.grant);
    return redecide(set, again, run, { ...readers, grants }, (key) => inputs.probes[key]);
  };
}

/** Decides a case beside a policy; what its probes find is written in the case. */
export function decideCase(set: PolicySet, given: CaseCall): CaseVerdict {
  const { plugin, version, connector, person, groups, profile, atMs } = given;
  const call: Call = {
    id: 'CASE',
    attempt: 0,
    atMs,
    endpoint: { plugin, version, connector },
    method: given.method,
    name: given.name,
    args: given.args,
    extra: given.method === 'resources/read' ? { uri: given.name } : {},
    credential: {
      kind: 'internal',
      id: 'case',
      person,
      groups,
      client: 'case',
      audience: `/p/${plugin}/${version}/${connector}`,
      profile,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: undefined,
    client: { name: 'case', version: '0' },
    claims: {},
    clientCapabilities: {},
    via: runByClient(set, connector) ? 'hook' : 'mcp',
    // A case asks about policy, not about witnesses.
    announced: { kind: 'joined', agentType: undefined },
    ticket: undefined,
  };
  const run: Run = { id: 'R-CASE', startedAtMs: atMs, fresh: false };
  const none: DefinitionReader = { find: () => unknownDefinition };
  const decided = redecide(set, call, run, { definitions: none }, (_key, probe) => {
    if (probe.kind !== 'tool') return undefined;
    const found = given.probes[`${probe.connector}.${probe.tool}`];
    return found === undefined
      ? { ok: false, says: 'the case gives no answer to this probe' }
      : { ok: true, value: probe.read({ structuredContent: found }) };
  });
  return decided ?? { verdict: 'deny', code: 'probe_failed', rule: 'probes', tier: undefined, says: 'the case gives no answer to a probe' };
}

function runByClient(set: PolicySet, connector: string): boolean {
  return set.connections.get(set.connectors.get(connector)?.connection ?? '')?.hook !== undefined;
}

/** No database is open here: a statement is judged where it would run, and all else of the call is decided as it would be. */
const reachUnknown = { touched: [] };

type Probe = Extract<Decided['end'], { probe: unknown }>['probe'];

function redecide(
  set: PolicySet,
  call: Call,
  run: Run,
  {
    definitions,
    recipientsDigest,
    grants = noGrants,
    autonomy,
  }: Pick<PipelineReaders, 'definitions' | 'recipientsDigest' | 'grants'> & { readonly autonomy?: AutonomyReader },
  answer: (key: string, probe: Probe) => ProbeAnswer | undefined,
): CaseVerdict | undefined {
  const stages = pipeline({
    runs: { current: () => run },
    stops: { current: () => ({ generation: 0, stops: [], unreadable: false }) },
    definitions: { find: (...about) => definitions.find(...about) ?? unknownDefinition },
    checkers: [],
    grants,
    ...(recipientsDigest && { recipientsDigest }),
    tables: (...asked) => tableJudge(() => set)(...asked) ?? reachUnknown,
  });
  const probes = new Map<string, ProbeAnswer>();
  let resume: Parameters<typeof decide>[3];
  for (;;) {
    const decided = decide(stages, call, { atMs: call.atMs, policy: set, organization: set.organization, probes, autonomy }, resume);
    const tier = decided.facts.tiered?.tier;
    if ('ruling' in decided.end) {
      const { verdict, code, rule, says } = decided.end.ruling;
      return { verdict, code, rule, tier, says };
    }
    if ('released' in decided.end) {
      const { code, rule } = decided.end.released.released;
      return { verdict: 'allow', code, rule, tier, says: 'It may run' };
    }
    const { probe, stage } = decided.end;
    const found = probes.has(probe.key) ? undefined : answer(probe.key, probe);
    if (!found) return undefined;
    probes.set(probe.key, found);
    resume = { stage, facts: decided.facts, would: decided.would };
  }
}
