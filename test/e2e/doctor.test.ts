import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openHouseForTest } from '../support/e2e.ts';
import { ann, as, corp } from '../support/e2e-policy.ts';
import { startUpstream } from '../support/e2e-upstream.ts';

interface Report {
  readonly proofs: readonly {
    readonly path: string;
    readonly subject: string;
    readonly state: string;
    readonly says: string;
    readonly at: string;
  }[];
}

it('says what is proved, with the date, and what is not when a path is broken; calls no tool', async () => {
  const upstream = await startUpstream({ look: {}, note: {}, send: {} });
  const house = openHouseForTest({ 'corp.yaml': corp(upstream.url) });
  writeFileSync(join(house.folder, '.claude.json'), JSON.stringify({ mcpServers: { side: { url: 'https://side.example/mcp' } } }));
  const gateway = await house.serve({ command: ['up', '--admin', ann] });
  const examine = async (...more: string[]) => {
    const ran = await house.run(['doctor', '--json', ...more], { input: gateway.code });
    const { proofs } = JSON.parse(ran.out) as Report;
    const states = Object.fromEntries(proofs.map(({ path, subject, state }) => [`${path} ${subject.replace(/, node .*/, '')}`, state]));
    return { status: ran.status, proofs, states };
  };
  const well = await examine(...as(ann));
  expect(well.states).toEqual({
    'mcp http canary': 'proved',
    'stdio canary': 'proved',
    'hook canary': 'proved',
    'mcp http /p/sales/1.0.0/crm': 'proved',
    'mcp http /p/sales/1.0.0/crm-act': 'proved',
    'upstream connection crm': 'proved',
    'telemetry clients': 'not covered',
    'separation data folder': 'not proved',
    'client Claude Code (user): side': 'not covered',
  });
  expect(well.status).toBe(0);
  expect(well.proofs.every(({ at }) => Math.abs(Date.parse(at) - Date.now()) < 600_000)).toBe(true);
  expect(well.proofs.find(({ path }) => path === 'separation')?.says).toContain("the agent's user can reach Trapkey's files");
  const tokens = JSON.parse((await house.run(['tokens', 'list', '--json'])).out) as {
    revokedAtMs?: number;
  }[];
  expect(tokens.length).toBe(2);
  expect(tokens.every(({ revokedAtMs }) => revokedAtMs !== undefined)).toBe(true);

  await upstream.close();
  const ill = await examine();
  expect(ill.status).toBe(1);
  expect(ill.states).toMatchObject({
    'upstream connection crm': 'not proved',
    'mcp http /p/sales/1.0.0/crm': 'not proved',
    'mcp http canary': 'proved',
  });
  await gateway.stop();
  const down = await house.run(['doctor']);
  expect(down).toMatchObject({ status: 1, out: expect.stringMatching(/not proved \(\d+\)[\s\S]*no gateway of this data folder serves/) });
  expect(upstream.calls).toEqual([]);
});
