import type { Code, Tier, Verdict } from '@trapkey/contract/codes.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { type PolicyCase, policyCase } from '@trapkey/contract/policy/cases.ts';
import type { CaseResult } from '@trapkey/contract/policy/reports.ts';
import { LineCounter, parseDocument } from 'yaml';
import type { PolicySet } from '../kernel/rules.ts';
import type { PolicyFiles } from './compile/set.ts';

/** One call of a case, with what the directory knows filled in. */
export interface CaseCall {
  readonly person: string;
  readonly groups: readonly string[];
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
  readonly profile: string | undefined;
  readonly method: 'tools/call' | 'resources/read' | 'prompts/get';
  readonly name: string;
  readonly args: JsonObject;
  readonly atMs: number;
  /** What a probe finds, as structured result, by `connector.tool`. */
  readonly probes: Readonly<Record<string, Json>>;
}

/** What the pipeline said of it. */
export interface CaseVerdict {
  readonly verdict: Verdict;
  readonly code: Code;
  readonly rule: string;
  readonly tier: Tier | undefined;
  readonly says: string;
}

/** Decides one case with the real pipeline; given by whoever composes it. */
export type DecideCase = (set: PolicySet, call: CaseCall) => CaseVerdict | Promise<CaseVerdict>;

/** How far cases are run where others wait meanwhile. */
export interface CaseBounds {
  readonly casesMax: number;
  readonly ms: number;
}

const unbounded: CaseBounds = { casesMax: Number.POSITIVE_INFINITY, ms: Number.POSITIVE_INFINITY };

/** Runs every case beside a policy and says where each stands and what came of it. `cut`: a bound was reached before the last. */
export async function runCases(
  files: PolicyFiles,
  set: PolicySet,
  decideCase: DecideCase,
  nowMs: number,
  bounds = unbounded,
): Promise<{ readonly cases: readonly CaseResult[]; readonly cut: boolean }> {
  const cases: CaseResult[] = [];
  const overAtMs = performance.now() + bounds.ms;
  for (const [file, text] of Object.entries(files)) {
    for (const { line, given } of readCases(text)) {
      if (cases.length >= bounds.casesMax || performance.now() > overAtMs) return { cases, cut: true };
      cases.push({ file, line, ...(await runCase(given, set, decideCase, nowMs)) });
      // Others get their turn.
      if (bounds !== unbounded) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { cases, cut: false };
}

async function runCase(given: unknown, set: PolicySet, decideCase: DecideCase, nowMs: number): Promise<Omit<CaseResult, 'file' | 'line'>> {
  const parsed = policyCase.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      name: nameOf(given),
      passed: false,
      says: `This case cannot be read: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    };
  }
  const call = callOf(parsed.data, set, nowMs);
  if (typeof call === 'string') return { name: parsed.data.case, passed: false, says: call };
  try {
    const differs = compare(parsed.data.expect, await decideCase(set, call));
    return { name: parsed.data.case, passed: differs === undefined, says: differs ?? 'as expected' };
  } catch (error) {
    return { name: parsed.data.case, passed: false, says: `Deciding failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function callOf(given: PolicyCase, set: PolicySet, nowMs: number): CaseCall | string {
  const named = [given.tool, given.resource, given.prompt].filter((name) => name !== undefined);
  if (named.length !== 1 || named[0] === undefined) return 'A case names one of tool, resource, prompt';
  const atMs = given.at === undefined ? nowMs : Date.parse(given.at);
  if (Number.isNaN(atMs)) return `\`at: ${given.at}\` is no time`;
  return {
    person: given.person,
    groups: given.groups ?? set.directory.get(given.person.toLowerCase())?.groups ?? [],
    plugin: given.plugin,
    version: set.plugins.get(given.plugin)?.version ?? '0',
    connector: given.connector,
    profile: given.profile,
    method: given.tool !== undefined ? 'tools/call' : given.resource !== undefined ? 'resources/read' : 'prompts/get',
    name: named[0],
    args: given.args as JsonObject,
    atMs,
    probes: given.probes as Readonly<Record<string, Json>>,
  };
}

function compare(expected: PolicyCase['expect'], got: CaseVerdict): string | undefined {
  const { says, ...exact } = expected;
  const wrong = (Object.entries(exact) as [keyof typeof exact, unknown][]).filter(
    ([key, value]) => value !== undefined && got[key] !== value,
  );
  const parts = wrong.map(([key, value]) => `${key} is ${String(got[key])}, expected ${String(value)}`);
  if (says !== undefined && !got.says.includes(says))
    parts.push(`it says ${JSON.stringify(got.says)}, expected ${JSON.stringify(says)} in it`);
  return parts.length === 0 ? undefined : `${parts.join('; ')} (${got.verdict}, ${got.code}, rule ${got.rule}: ${got.says})`;
}

function readCases(text: string): readonly { readonly line: number; readonly given: unknown }[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const error = document.errors[0];
  if (error) return [{ line: lines.linePos(error.pos[0]).line, given: { case: error.message } }];
  const all: unknown = document.toJS({ maxAliasCount: 100 });
  if (!Array.isArray(all)) return [{ line: 1, given: { case: 'A file of cases is a list' } }];
  return all.map((given: unknown, i) => {
    const node: unknown = document.get(i, true);
    const range = typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? Number(node.range[0]) : 0;
    return { line: lines.linePos(range).line, given };
  });
}

function nameOf(given: unknown): string {
  return typeof given === 'object' && given !== null && 'case' in given ? String(given.case).slice(0, 200) : 'a case without a name';
}
