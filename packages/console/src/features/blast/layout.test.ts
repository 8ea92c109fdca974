import type { BlastEdge, BlastGraph } from '@trapkey/contract/api/blast.ts';
import { expect, it } from 'vitest';
import { layoutOf, throughBox } from './layout.ts';
import { labelOf } from './lines.ts';

const edge = (from: string, kind: BlastEdge['kind'], to: string, more: Partial<BlastEdge> = {}): BlastEdge => ({
  ...{ from, kind, to, tools: 1, effects: kind === 'reads' ? ['read'] : ['send'], run: { people: 0, records: 0 }, unattended: false },
  ...more,
});
const node = (kind: BlastGraph['nodes'][number]['kind'], label: string) => ({
  id: `${kind}:${label}`,
  kind,
  label,
  owner: null,
  over: false,
});
const graph: BlastGraph = {
  nodes: [
    ...[node('plugin', 'a'), node('plugin', 'b'), node('connector', 'mail'), node('connector', 'crm'), node('connector', 'crm-read')],
    ...[node('system', 'mail'), node('system', 'crm'), node('outside', 'outside')],
  ],
  edges: [
    ...[edge('plugin:a', 'uses', 'connector:mail', { tools: 2, unattended: true, run: { people: null, records: 0 } })],
    ...[edge('plugin:b', 'uses', 'connector:crm'), edge('plugin:b', 'uses', 'connector:crm-read')],
    ...[edge('connector:mail', 'writes', 'system:mail'), edge('connector:mail', 'reaches', 'outside:outside')],
    ...[edge('connector:crm', 'writes', 'system:crm'), edge('connector:crm-read', 'reads', 'system:crm')],
    edge('connector:crm', 'reaches', 'outside:outside'),
  ],
  more: false,
};

it('stands in columns, and one of nothing takes no room', () => {
  const { boxes } = layoutOf(graph);
  const at = (id: string) => boxes.find((box) => box.id === id)?.x ?? Number.NaN;
  expect(boxes.filter(({ kind }) => kind === 'head').map(({ label }) => label)).toEqual([
    'Plugins',
    'Connectors',
    'Systems',
    'Outside world',
  ]);
  const [plugin, connector, system, outside] = [at('plugin:a'), at('connector:mail'), at('system:crm'), at('outside:outside')];
  expect([connector - plugin, system - connector, outside - system]).toEqual(Array(3).fill(connector - plugin));
  expect(new Set([at('plugin:b'), at('head plugin')])).toEqual(new Set([plugin]));
});

it('draws a way out from the system where one connector alone goes there, and from the connector where several do', () => {
  const out = layoutOf(graph).lines.filter(({ to }) => to === 'outside:outside');
  expect(out.map(({ from }) => from).sort()).toEqual(['connector:crm', 'system:mail']);
});

it('says what goes through a box: what leads there and what it leads to', () => {
  expect([...throughBox(graph, 'connector:crm-read')].sort()).toEqual(['connector:crm-read', 'plugin:b', 'system:crm']);
  expect(throughBox(graph, 'outside:outside')).toEqual(
    new Set(['outside:outside', 'connector:mail', 'plugin:a', 'connector:crm', 'plugin:b']),
  );
});

it('names the amount on a line before anything else', () => {
  expect(graph.edges.slice(0, 2).map((one) => labelOf([one]))).toEqual(['any number of people', '1 tool']);
});
