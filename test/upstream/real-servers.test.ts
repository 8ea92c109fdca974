import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { call, open, scratch, stdio, textOf } from './opening.ts';

const npx = (name: string, ...args: string[]) => ['npx', '-y', `@modelcontextprotocol/${name}@2026.8.31`, ...args] as const;
const signal = () => new AbortController().signal;

describe('real npm servers over stdio', () => {
  it('server-filesystem lists its tools with output schemas and reads a file', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'note.txt'), 'hello from disk');
    const upstream = open(stdio(npx('server-filesystem', folder)));
    const { tools, serverInfo } = await upstream.definitions(signal());
    expect(serverInfo.name).toBe('secure-filesystem-server');
    expect(tools).toHaveLength(14);
    expect(tools.every((tool) => tool.outputSchema && tool.annotations)).toBe(true);
    expect(textOf(await call(upstream, 'read_text_file', { path: join(folder, 'note.txt') }))).toBe('hello from disk');
    expect(await call(upstream, 'read_text_file', { path: '/etc/passwd' })).toMatchObject({ kind: 'result', result: { isError: true } });
  });

  it('server-memory keeps its graph where its variable says', async () => {
    const upstream = open(stdio(npx('server-memory'), { MEMORY_FILE_PATH: join(scratch(), 'memory.jsonl') }));
    await call(upstream, 'create_entities', { entities: [{ name: 'Ana', entityType: 'person', observations: ['likes tea'] }] });
    expect(await call(upstream, 'read_graph')).toMatchObject({
      kind: 'result',
      result: { structuredContent: { entities: [{ name: 'Ana' }] } },
    });
  });

  it('server-everything reports progress as numbers, and asks through the one call that is open', async () => {
    const upstream = open(stdio(npx('server-everything')));
    const progress = vi.fn();
    await call(upstream, 'trigger-long-running-operation', { duration: 0.2, steps: 2 }, { progress });
    expect(progress.mock.calls).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const serverRequest = vi.fn(async () => ({ action: 'decline' }));
    const asked = await call(upstream, 'trigger-elicitation-request', {}, { serverRequest });
    expect(serverRequest).toHaveBeenCalledWith(expect.objectContaining({ method: 'elicitation/create' }));
    expect(textOf(asked)).toContain('declined');
  });

  it('server-everything sees only the variables that its document names', async () => {
    const upstream = open(stdio(npx('server-everything'), { REGION: 'eu' }));
    const env = JSON.parse(textOf(await call(upstream, 'get-env')));
    expect(env).toMatchObject({ REGION: 'eu' });
    expect(Object.keys(env).filter((name) => !['HOME', 'LANG', 'PATH', 'PWD', 'REGION', 'SHLVL', '_'].includes(name))).toEqual([]);
  });

  it('sampling is not declared unless the connection may relay it', async () => {
    const names = async (sampling: boolean) => {
      const { tools } = await open(stdio(npx('server-everything')), {}, { sampling }).definitions(signal());
      return tools.map((tool) => tool.name);
    };
    expect(await names(true)).toContain('trigger-sampling-request');
    expect(await names(false)).not.toContain('trigger-sampling-request');
  });
});
