import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scan } from '../../packages/server/src/inventory/read.ts';
import { checkPolicy } from '../../packages/server/src/policy/desk.ts';
import { decideCase } from '../../packages/server/src/wire-redecide.ts';
import { nowMs, type Parts, written } from './documents.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapkey-wide-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function checked(parts: Parts): Promise<string> {
  await writeFile(join(folder, 'policy.yaml'), written(parts));
  const { errors, warnings } = await checkPolicy({ folder, env: {}, decideCase, nowMs });
  expect(errors).toEqual([]);
  return warnings.join('\n');
}

const edit = { effect: 'write', reversible: true, reach: '30' };
const another = { plugin: 'support', owner: 'ada@corp.example', for: ['group:sales'], release: { version: '1.0.0' } };

test('policy check says which connector mixes reading and acting, which acts for several plugins, and what is over the max', async () => {
  expect(await checked({ tools: { edit } })).not.toMatch(/mixes|acts for/);
  expect(await checked({ tools: { edit, peek: { effect: 'read' } } })).toContain('Connector mail mixes reading and acting (edit)');
  const shared = await checked({ tools: { edit }, profiles: [{ ...another, connectors: ['mail'] }] });
  expect(shared).toContain('Connector mail acts for 2 plugins (sales, support)');
  expect(await checked({ tools: { edit }, profiles: [{ ...another, connectors: ['desk'] }] })).not.toContain('acts for');
  const over = {
    tools: { edit },
    plugin: { autonomy: { 'mail.edit': 'unattended' } },
    organization: { blast_radius: { max: 500, above: { approvers: ['group:security'] } } },
  };
  expect(await checked(over)).toContain('can change records without bound (nothing limits mail.edit). blast_radius.max is 500.');
});

test('a read-write connector needs a reason, and so does what runs unattended', async () => {
  const parts = {
    tools: { edit },
    organization: { auto_execute: [{ tool: 'mail.edit', reach: 1, owner: 'a@corp.example', until: '2027-01-01' }] },
  };
  await writeFile(join(folder, 'policy.yaml'), written({ ...parts, mail: { because: undefined } }));
  const { errors } = await checkPolicy({ folder, env: {}, decideCase, nowMs });
  expect(errors.map(({ says }) => says)).toEqual([
    '`auto_execute.0.because` is missing',
    '`access`: `access: read-write` needs `because`: a sentence saying why',
  ]);
});

test('the scan says it of what it finds, once for each address', async () => {
  for (const name of ['one', 'two', 'three']) {
    await mkdir(join(folder, name, '.claude-plugin'), { recursive: true });
    await writeFile(join(folder, name, '.claude-plugin/plugin.json'), JSON.stringify({ name, version: '1.0.0' }));
    const servers = {
      slack: { type: 'http', url: 'https://mcp.slack.com/mcp' },
      [`own-${name}`]: { type: 'http', url: `https://${name}.corp.example/mcp` },
    };
    await writeFile(join(folder, name, '.mcp.json'), JSON.stringify({ mcpServers: servers }));
  }
  const machine = { home: folder, working: folder, platform: process.platform, appData: undefined, managed: [] };
  const listLive = () => Promise.reject(new Error('nobody is asked'));
  const report = await scan({ machine, listLive }, { targets: [folder], live: false, privateNetwork: false, bundledCatalog: true });
  const of = (rule: string) => report.findings.filter((one) => one.rule === rule).map(({ says }) => says);
  expect(of('shared_connector')).toEqual([expect.stringMatching(/^slack acts for 3 plugins \((one|two|three), /)]);
  expect(of('mixes_reading_and_acting')).toEqual([expect.stringContaining('slack reads and')]);
});
