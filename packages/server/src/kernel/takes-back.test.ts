import { expect, test } from 'vitest';
import type { Call, Credential } from './call.ts';
import type { InFlight } from './stops.ts';
import { stoppable, takesBack } from './takes-back.ts';

const credential = (kind: Credential['kind']): Credential => ({
  kind,
  id: 'x',
  person: 'olga@corp.example',
  groups: [],
  client: 'c',
  audience: '/p/sales/1/crm',
  profile: undefined,
  assurance: { person: 'proved', plugin: 'proved' },
});
const vias: readonly Call['via'][] = ['mcp', 'stdio', 'probe', 'ticket', 'hook', 'batch', 'undo'];
const inFlight: InFlight = {
  ...{ connector: 'crm', connection: 'crm', effect: 'write', tool: 'set_tier', person: 'olga@corp.example', run: 'R-1' },
  ...{ plugin: 'sales', release: 'sales@1', agent: 'a', parent: 'b' },
};

test('only a call that this process made itself takes anything back: never one by its way alone, nor by its credential alone', () => {
  const doors = vias.flatMap((via) => (['token', 'jwt', 'internal'] as const).map((kind) => ({ via, kind })));
  const through = doors.filter(({ via, kind }) => takesBack({ via, credential: credential(kind) }));
  expect(through).toEqual([{ via: 'undo', kind: 'internal' }]);
});

test('a stop on what did the harm does not end it; one on the operator, its run, the connector, tool or effect does', () => {
  const own = { via: 'undo', credential: credential('internal') } as const;
  expect(stoppable(own, inFlight)).toEqual({ ...inFlight, plugin: '', release: undefined, agent: undefined, parent: undefined });
  for (const via of vias.filter((one) => one !== 'undo'))
    expect(stoppable({ via, credential: credential('internal') }, inFlight)).toBe(inFlight);
});
