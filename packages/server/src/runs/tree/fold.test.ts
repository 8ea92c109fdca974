import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../kernel/runs.ts';
import { fold } from './fold.ts';
import { depthOf, parentOf } from './place.ts';
import { emptyTree } from './state.ts';

const of = { person: 'ann', session: 's', by: 'hook', atMs: 1_000 } as const;
const launching = (agent: string, toolUse: string, atMs = 1_000): RunReport => ({ ...of, atMs, kind: 'launching', agent, toolUse });
const started = (agent: string, atMs = 1_000): RunReport => ({ ...of, atMs, kind: 'agent_started', agent });
const launched = (agent: string, toolUse: string, child?: string): RunReport => ({ ...of, kind: 'launched', agent, toolUse, child });
const seen = (agent: string, parent?: string): RunReport => ({ ...of, by: 'telemetry', kind: 'agent_seen', agent, parent });

function told(...reports: readonly RunReport[]) {
  const tree = emptyTree();
  for (const report of reports) fold(tree, report);
  return {
    depth: (id: string) => depthOf(tree, id).value,
    sure: (id: string) => depthOf(tree, id).assurance,
    parent: (id: string) => {
      const agent = tree.agents.get(id);
      return agent && parentOf(agent).value;
    },
  };
}

describe('the agents of a session', () => {
  it('pair a start with the one launch that it can belong to', () => {
    const tree = told(launching('main', 't1'), started('a'), launching('a', 't2'), started('b'));
    expect([tree.parent('a'), tree.parent('b')]).toEqual(['main', 'a']);
    expect([tree.depth('a'), tree.depth('b'), tree.sure('b')]).toEqual([1, 2, 'joined']);
  });

  it('never guess when launches of several agents are open, nor from what is left over of them', () => {
    const parallel = [launching('main', 't1'), started('a'), launching('main', 't2'), launching('a', 't3'), started('b')];
    const tree = told(...parallel, launched('main', 't2'), started('c'));
    expect([tree.parent('b'), tree.parent('c'), tree.depth('b')]).toEqual([undefined, undefined, undefined]);
    const named = told(...parallel, started('c'), launched('a', 't3', 'b'), launched('main', 't2', 'c'));
    expect([named.depth('b'), named.depth('c')]).toEqual([2, 1]);
  });

  it('pair nothing with a launch of long ago, or twice', () => {
    expect(told(launching('main', 't1'), started('a', 60_000)).parent('a')).toBeUndefined();
    expect(told(launching('main', 't1'), started('a'), started('b')).parent('b')).toBeUndefined();
    expect(told(started('a'), launching('main', 't1'), started('a')).parent('a')).toBeUndefined();
  });

  it('are unknown where witnesses contradict each other or themselves, or go round', () => {
    expect(told(launching('main', 't1'), started('a'), seen('a', 'b')).depth('a')).toBeUndefined();
    expect(told(seen('a', 'main'), seen('a', 'b')).parent('a')).toBeUndefined();
    expect(told(launched('main', 't1', 'a'), launched('b', 't2', 'a')).parent('a')).toBeUndefined();
    expect(told(seen('a', 'b'), seen('b', 'a')).depth('a')).toBeUndefined();
    expect(told(seen('a', 'a')).depth('a')).toBeUndefined();
    expect(told(started('main'), launched('a', 't1', 'main')).depth('main')).toBe(0);
  });

  it('come out the same in whatever order and however often they are named', () => {
    const said = [
      launched('main', 't1', 'a'),
      launched('a', 't2', 'b'),
      launched('b', 't3', 'c'),
      seen('a', 'main'),
      seen('b', 'a'),
      seen('d', 'c'),
      seen('c'),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray([...said, ...said], { minLength: said.length * 2 }), (reports) => {
        const tree = told(...reports);
        expect(['a', 'b', 'c', 'd'].map(tree.depth)).toEqual([1, 2, 3, 4]);
        expect([tree.sure('c'), tree.sure('d')]).toEqual(['joined', 'claimed']);
      }),
    );
  });
});
