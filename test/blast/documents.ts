import type { StandingGrant } from '../../packages/server/src/kernel/grants.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';

/** One tool of a written policy. */
export interface Written {
  readonly effect: string;
  readonly [key: string]: unknown;
}

/** A policy of one plugin with two connectors over one connection, as documents. */
export interface Parts {
  readonly organization?: Readonly<Record<string, unknown>>;
  readonly plugin?: Readonly<Record<string, unknown>>;
  readonly mail?: Readonly<Record<string, unknown>>;
  readonly tools: Readonly<Record<string, Written>>;
  readonly reads?: Readonly<Record<string, Written>>;
  readonly profiles?: readonly Readonly<Record<string, unknown>>[];
}

/** The text of it: JSON is YAML. */
export function written({ organization, plugin, mail, tools, reads, profiles = [] }: Parts): string {
  const documents = [
    { organization: 'corp', owner: 'ada@corp.example', ...organization },
    { connection: 'desk', owner: 'ada@corp.example', upstream: { url: 'https://mcp.corp.example/mcp' } },
    { connector: 'desk', connection: 'desk', tools: reads ?? { look: { effect: 'read' } } },
    { connector: 'mail', connection: 'desk', access: 'read-write', because: 'what it is for', tools, ...mail },
    {
      plugin: 'sales',
      owner: 'ada@corp.example',
      for: ['group:sales'],
      release: { version: '1.0.0' },
      connectors: ['desk', 'mail'],
      ...plugin,
    },
    ...profiles,
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

/** Compiled; a mistake in it fails the test. */
export function compiledOf(parts: Parts) {
  const set = compileSet({ 'policy.yaml': written(parts) }, {});
  if (!set.ok) throw new Error(JSON.stringify(set.problems));
  return set;
}

export const nowMs = Date.parse('2026-11-21T12:00:00Z');

/** It with what stands beside it. */
export function standingOf(parts: Parts, grants: readonly StandingGrant[] = []) {
  return { set: compiledOf(parts).set, grants, nowMs };
}
