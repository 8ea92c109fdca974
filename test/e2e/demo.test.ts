import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../support/e2e.ts';

const main = new URL('../../packages/server/src/main.ts', import.meta.url).pathname;

/** Runs one command against the data folder of the demo and gives its JSON lines. */
function entries(data: string, query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const child = spawn(process.execPath, [main, '--data', data, 'record', 'list', '--json', '--limit', '200', query]);
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  return new Promise((resolve) =>
    child.once('close', () =>
      resolve(
        out
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      ),
    ),
  );
}

it('a sample company is at work, and what goes wrong in its first minute is held, refused, staged and stopped', async () => {
  const child = spawn(process.execPath, [main, 'demo', '--no-open', '--seed', '3', '--pace', '4']);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const data = await until(
    'it serves',
    () => /--data (\S+)/.exec(printed)?.[1],
    () => printed,
  );
  const seen = (query: string) => async () => {
    const found = await entries(data, query);
    return found.length > 0 && found;
  };
  const [held] = await until('the mail to everybody is held', seen('kind:held tool:send_campaign'));
  expect(held).toMatchObject({ reach: 2_310, destination: 'outside', plugin: 'sales-outreach@2.1.0' });
  await until('the order in a customer’s mail is caught', seen('kind:held tool:send_mail code:provenance'));
  await until('a changed tool is kept out', seen('kind:decided tool:create_draft code:definition_changed'));
  await until('one change after the other is staged', seen('kind:staged tool:set_tier'));
  await until('a budget trips', seen('kind:decided connector:warehouse code:limit_reached'));
  // Everybody works: it is no script of five.
  const people = new Set((await entries(data, 'kind:requested')).map((entry) => entry['on_behalf_of']));
  expect(people.size).toBeGreaterThan(20);
  child.kill('SIGINT');
  expect(await ended, printed).toBe(0);
  expect(existsSync(data)).toBe(false);
});
