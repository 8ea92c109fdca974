import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../packages/server/src/storage/database.ts';
import { accessDoor, limitsDoor } from '../../packages/server/src/wire-doors.ts';
import type { SalesBook } from '../support/batch-policy.ts';
import { until } from '../support/e2e.ts';
import { boss, dave } from '../support/e2e-policy.ts';
import { type Retiering, retierings } from './agent.ts';
import { type Deployment, openDeploymentForTest, type Where } from './deployment.ts';
import { reckon } from './ledger.ts';
import { readyBatch, reviewerAt } from './people.ts';

const root = { person: boss, roles: ['administrator'], freshAtMs: Date.now() };

async function scene(where: Where, book: SalesBook, count: number) {
  const deployment = await openDeploymentForTest({
    where,
    book: { stage: '{ over: 0 per run, sample: 1 }', callTimeout: '2s', ...book },
    crm: { accounts: 200 },
  });
  const { crm } = deployment;
  const wishes = retierings(await crm.accounts(), count);
  const reviewer = reviewerAt(await deployment.person(dave));
  const batch = await readyBatch(await deployment.agent('crm-act'), reviewer, wishes);
  const after = (await crm.log()).at(-1)?.seq ?? 0;
  const database = await openDatabase(deployment.config.database);
  onTestFinished(() => database.close());
  const settled = async (state: string) => {
    const row = () => database.read.selectFrom('batches').select(['state', 'paused_for']).where('id', '=', batch).executeTakeFirst();
    await until(
      `it is ${state}`,
      async () => (await row())?.state === state,
      () => deployment.said(),
    );
    return await row();
  };
  return { deployment, crm, wishes, reviewer, batch, after, settled, database };
}

it('a limit half-way: not one over it, and after its owner reset it the rest', async () => {
  const { deployment, crm, reviewer, batch, after, settled } = await scene(
    { kind: 'sqlite' },
    { setTier: ['limits: { writes: 6 per 1h }'] },
    12,
  );
  await reviewer.must(batch, 'apply');
  expect((await settled('paused'))?.paused_for).toMatch(/limit|stop/i);
  expect(await crm.applied(after)).toHaveLength(6);
  const states = (await reviewer.changes(batch)).map(({ state }) => state);
  expect(states.filter((state) => state === 'staged')).toHaveLength(6);
  const door = await limitsDoor(deployment.config, {});
  const [trip] = await door.limits.trips({ state: 'open' });
  await door.limits.reset({ trip: trip?.id ?? '', by: root, reason: 'It was meant' });
  await door.close();
  await until('it may go on', async () => (await reviewer.act(batch, 'resume')).status < 300);
  await settled('applied');
  expect(reckon(await reviewer.changes(batch), await crm.log(after))).toMatchObject({ lost: [], twice: [], done: 12 });
});

it('a token that was revoked before it was applied: nothing goes out, and it says so', async () => {
  const { deployment, crm, reviewer, batch, after, settled } = await scene({ kind: 'sqlite' }, {}, 3);
  const door = await accessDoor(deployment.config, {});
  for (const token of await door.tokens.list()) if (token.revokedAtMs === undefined) await door.tokens.revoke(token.id, root);
  await door.close();
  const preview = await (await deployment.person(boss, ['administrator', 'approver'])).get(
    '/api/stops/preview?scope=tool:crm-act.set_tier',
  );
  expect(JSON.parse(preview.text), preview.text).toMatchObject({ batches: [batch] });
  await reviewer.must(batch, 'apply');
  expect((await settled('paused'))?.paused_for).toMatch(/token .* revoked/);
  expect(await crm.applied(after)).toEqual([]);
});

it('two gateways on one database: one applies, and each change is made once', async () => {
  const { deployment, crm, wishes, reviewer, batch, after, settled, database } = await scene(
    { kind: 'postgres', url: inject('postgresUrl') },
    { keys: false },
    14,
  );
  await second(deployment);
  await crm.behave({ faults: [{ does: 'slow', ms: 20 }] });
  await reviewer.must(batch, 'apply');
  await settled('applied');
  expect(reckon(await reviewer.changes(batch), await crm.log(after))).toMatchObject({ lost: [], twice: [], done: 14 });
  expect((await crm.applied(after)).map(({ account }) => account).toSorted()).toEqual(wishes.map(({ id }: Retiering) => id).toSorted());
  await until('the lease is given back', async () => {
    const row = await database.read.selectFrom('batches').select('claimed_by').where('id', '=', batch).executeTakeFirst();
    return row?.claimed_by === null;
  });
});

/** Another process that serves on the same data, as a second node does. */
async function second({ config }: Deployment): Promise<void> {
  const settings = { data: config.data, policy: join(config.data, '..', 'policy'), port: '0', administrator: boss };
  const address = config.database;
  const env = { PATH: process.env['PATH'] ?? '', HOME: config.data, ...(address.kind === 'postgres' && { TRAPKEY_DATABASE: address.url }) };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serving.ts'), JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const line = () =>
    new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      child.once('close', () => reject(new Error('the second gateway ended')));
    });
  await line();
  const told = line();
  child.stdin.write('go\n');
  await told;
}
