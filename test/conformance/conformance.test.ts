import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../packages/server/src/config.ts';
import { type Serving, serve } from '../../packages/server/src/wire-serve.ts';
import { addAuthorization } from '../gateway/forwarder.ts';
import { type ConformanceUpstream, startConformanceUpstream } from '../support/conformance-upstream/serve.ts';
import { type Revision, runSuite } from './suite.ts';

/** The fewest scenarios that each revision's requirements hold; fewer means that the suite did not run. */
const scenariosMin: Readonly<Record<Revision, number>> = { '2026-07-28': 40, '2025-11-25': 30 };

describe.each(['2026-07-28', '2025-11-25'] as const)('the official conformance suite, revision %s', (revision) => {
  let upstream: ConformanceUpstream;
  let serving: Serving;
  let front: Awaited<ReturnType<typeof addAuthorization>>;
  let data: string;

  beforeAll(async () => {
    upstream = await startConformanceUpstream({ eras: revision === '2025-11-25' ? 'legacy' : 'both' });
    data = await mkdtemp(join(tmpdir(), 'trapkey-conformance-data-'));
    const policy = join(import.meta.dirname, '../../policies/allow-all');
    serving = await serve({
      config: readConfig({ data, policy, port: '0' }, {}),
      env: { TRAPKEY_CONFORMANCE_URL: upstream.url },
      administrator: 'tests@localhost',
      onWritten: () => {},
      alarm: () => {},
    });
    const [issued] = await serving.firstTokens('conformance');
    if (!issued) throw new Error('no token was issued');
    front = await addAuthorization(`${serving.url}${issued.audience}`, `Bearer ${issued.token}`);
  });

  afterAll(async () => {
    front?.close();
    await serving?.close();
    await upstream?.close();
    await rm(data, { recursive: true, force: true });
  });

  it('passes the same scenarios through the gateway as without it', { timeout: 300_000 }, async () => {
    const direct = await runSuite(upstream.url, revision);
    const through = await runSuite(front.url, revision);
    expect(direct.passing.length).toBeGreaterThanOrEqual(scenariosMin[revision]);
    expect(
      through.failing.filter((scenario) => !direct.failing.includes(scenario)),
      through.complaints.join('\n'),
    ).toEqual([]);
    expect(through.passing).toEqual(direct.passing);
    // Only the tasks extension, which the upstream does not speak either.
    expect(through.failing.filter((scenario) => !scenario.startsWith('tasks-'))).toEqual([]);
  });
});
