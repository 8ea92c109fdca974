import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startConformanceUpstream } from '../support/conformance-upstream/serve.ts';

const suite = join(dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')), 'dist', 'index.js');

it.each(['2026-07-28', '2025-11-25'])(
  'the official suite of %s passes against the conformance upstream without Trapkey in between',
  { timeout: 180_000 },
  async (revision) => {
    const upstream = await startConformanceUpstream();
    onTestFinished(upstream.close);
    // It exits with an error when a scored scenario fails; the tasks extension is not scored.
    const { stdout } = await promisify(execFile)(process.execPath, [suite, 'server', '--url', upstream.url, '--requirements', revision], {
      maxBuffer: 1 << 26,
    });
    const failed = [...stdout.matchAll(/^✗ (\S+):/gm)].map(([, scenario]) => scenario);
    expect(failed.filter((scenario) => !scenario?.startsWith('tasks-'))).toEqual([]);
    expect(stdout).toMatch(/Total: \d+ passed/);
  },
);
