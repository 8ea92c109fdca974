import { join } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import { expect, it, onTestFinished } from 'vitest';
import { builtinConnectors } from '../../packages/server/src/builtin.ts';
import { type ExecuteParts, openUpstreams, type Upstreams } from '../../packages/server/src/effects/execute/pool.ts';
import type { ConnectionRules, ConnectorRules } from '../../packages/server/src/kernel/rules.ts';
import { limits, scratch, textOf } from './opening.ts';

const memory: UpstreamAddress = {
  kind: 'stdio',
  command: ['npx', '-y', '@modelcontextprotocol/server-memory@2026.8.31'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the document writes it.
  env: { MEMORY_FILE_PATH: '${home}/memory.jsonl' },
  home: '',
};

function rules(upstream: UpstreamAddress, more: Partial<ConnectionRules> = {}): ConnectionRules {
  return {
    id: 'notes',
    owner: 'o',
    upstream,
    sharing: 'none',
    environment: '',
    sampling: false,
    elicitationHosts: [],
    callTimeoutMs: 10_000,
    ...more,
  };
}

const connector = { id: 'notes', connection: 'notes' } as ConnectorRules;

type More = { readonly upstreamsMax?: number } & Partial<Pick<ExecuteParts, 'clock' | 'changed'>>;

function pool(rulesNow: () => ConnectionRules, more: More = {}): Upstreams {
  const data = scratch();
  const upstreams = openUpstreams({
    kinds: builtinConnectors,
    policy: () => ({ connections: new Map([['notes', rulesNow()]]) }),
    limits: { ...limits, upstreamsMax: more.upstreamsMax ?? 8, upstreamIdleMs: 60_000 },
    homesFolder: join(data, 'homes'),
    hiddenFolders: [data],
    client: { clientName: 'trapkey', clientVersion: '0.1.0' },
    clock: more.clock ?? Date.now,
    ...(more.changed && { changed: more.changed }),
  });
  onTestFinished(() => upstreams.close());
  return upstreams;
}

async function call(upstreams: Upstreams, person: string, name: string, args: JsonObject = {}, release = 'sales@1.0.0') {
  return await upstreams.execute(
    { connector, person, release },
    { method: 'tools/call', params: { name, arguments: args }, clientCapabilities: {} },
    { signal: new AbortController().signal },
  );
}

const remember = (name: string) => ({ entities: [{ name, entityType: 'person', observations: [] }] });

async function names(upstreams: Upstreams, person: string, release?: string): Promise<readonly string[]> {
  const graph = JSON.parse(textOf(await call(upstreams, person, 'read_graph', {}, release))) as { entities: { name: string }[] };
  return graph.entities.map((entity) => entity.name);
}

it('two persons, and two releases of one person, do not see what the other left in an upstream', async () => {
  const now = rules(memory);
  const upstreams = pool(() => now);
  await call(upstreams, 'ana', 'create_entities', remember('of ana'));
  await call(upstreams, 'ben', 'create_entities', remember('of ben'));
  expect(await names(upstreams, 'ana')).toEqual(['of ana']);
  expect(await names(upstreams, 'ben')).toEqual(['of ben']);
  expect(await names(upstreams, 'ana', 'sales@2.0.0')).toEqual([]);
});

it('shares one upstream where the owner says `sharing: all`', async () => {
  const now = rules(memory, { sharing: 'all' });
  const upstreams = pool(() => now);
  await call(upstreams, 'ana', 'create_entities', remember('of ana'));
  expect(await names(upstreams, 'ben')).toEqual(['of ana']);
});

const bad = (marker: string): UpstreamAddress => ({
  kind: 'stdio',
  command: ['node', join(import.meta.dirname, 'bad-server.ts')],
  env: { MARKER: marker },
  home: '',
});

async function seen(
  upstreams: Upstreams,
  person: string,
): Promise<{ readonly pid: number; readonly cwd: string; readonly environments: string }> {
  return JSON.parse(textOf(await call(upstreams, person, 'peek', { path: '/' })));
}

it('opens another upstream when the policy gives the connection another address', async () => {
  let now = rules(bad('first'));
  const upstreams = pool(() => now);
  expect((await seen(upstreams, 'ana')).environments).toContain('"MARKER":"first"');
  now = rules(bad('second'));
  expect((await seen(upstreams, 'ana')).environments).toContain('"MARKER":"second"');
});

it('keeps an upstream between calls, and closes it when it was not used for a while', async () => {
  let atMs = 1_000_000;
  const now = rules({
    kind: 'stdio',
    command: ['sh', '-c', `date +%s%N > "$HOME/started"; exec node ${join(import.meta.dirname, 'bad-server.ts')}`],
    env: {},
    home: '',
  });
  const upstreams = pool(() => now, { clock: () => atMs });
  const started = async () => textOf(await call(upstreams, 'ana', 'read', { path: join((await seen(upstreams, 'ana')).cwd, 'started') }));
  const first = await started();
  upstreams.closeIdle();
  expect(await started()).toBe(first);
  atMs += 61_000;
  upstreams.closeIdle();
  expect(await started()).not.toBe(first);
});

it('holds no more than so many: the least recently used goes, and with all busy a call is turned away', async () => {
  const now = rules(bad('many'), { callTimeoutMs: 3_000 });
  const upstreams = pool(() => now, { upstreamsMax: 2 });
  await seen(upstreams, 'ana');
  const hanging = [call(upstreams, 'ben', 'hang'), call(upstreams, 'cyd', 'hang')];
  expect(await call(upstreams, 'dee', 'echo', { text: 'x' })).toEqual({ kind: 'unsent', detail: '2 upstreams are open and all are busy' });
  await Promise.all(hanging);
  expect(textOf(await call(upstreams, 'dee', 'echo', { text: 'now' }))).toBe('now');
});

it('says that nothing was sent where the connection is not there, has no upstream, or the pool is closed', async () => {
  const now = rules(bad('x'));
  const upstreams = pool(() => ({ ...now, upstream: undefined }));
  expect(await call(upstreams, 'ana', 'echo')).toMatchObject({ kind: 'unsent', detail: expect.stringContaining('no upstream') });
  await expect(upstreams.definitions('other', new AbortController().signal)).rejects.toThrow('not there');
  await upstreams.close();
  expect(await call(upstreams, 'ana', 'echo')).toMatchObject({ kind: 'unsent' });
});

it('sends nothing to a new upstream before its connection was looked at, and then not what is another tool by now', async () => {
  const now = rules(memory);
  const looked: (() => void)[] = [];
  let other = false;
  const upstreams = pool(() => now, { changed: (_, { params }) => other && params['name'] === 'create_entities' });
  upstreams.onOpened((connection) => new Promise((resolve) => void (connection === 'notes' && looked.push(resolve))));
  const both = Promise.all([call(upstreams, 'ana', 'create_entities', remember('of ana')), names(upstreams, 'ana')]);
  await expect.poll(() => looked.length).toBe(1);
  other = true;
  looked[0]?.();
  const [refused, left] = await both;
  expect(refused).toMatchObject({ kind: 'unsent', refusal: { code: 'definition_changed' } });
  expect(left).toEqual([]);
});
