import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { stdioDoor } from '../../packages/server/src/wire-stdio.ts';
import { openHouse } from './house.ts';

/** Whoever took the port of a gateway that died: it says that all is well, and keeps what it is sent. */
async function impostor(proof: string | undefined) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'ok', proof }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('the gateway that runs is found by the proof that it is ours', async () => {
  const house = await openHouse();
  const door = await stdioDoor(house.config, {}, 'p', 'c');
  expect(door.url).toBe(house.url);
  const connecting = await accessDoor(house.config, {});
  expect(connecting.publicUrl).toBe(house.origin);
  await connecting.close();
});

test('a proof is for one nonce, and a health check without one gives none away', async () => {
  const house = await openHouse();
  const proofOf = async (query: string) => (await (await fetch(`${house.origin}/healthz${query}`)).json()) as { proof?: string };
  expect(await proofOf('')).toEqual({ status: 'ok' });
  expect(await proofOf('?nonce=short')).toEqual({ status: 'ok' });
  const [one, other] = [await proofOf(`?nonce=${'a'.repeat(32)}`), await proofOf(`?nonce=${'b'.repeat(32)}`)];
  expect(one.proof).not.toBe(other.proof);
});

test.each([
  ['that proves nothing', undefined],
  ['with a proof that it made up', 'x'.repeat(43)],
])('whoever sits where the gateway sat, %s, is sent no token and told to no client', async (_, proof) => {
  const house = await openHouse();
  const { url, heard } = await impostor(proof);
  writeFileSync(join(house.config.data, 'url'), url);
  const connecting = await accessDoor(house.config, {});
  expect(connecting.publicUrl).not.toBe(url);
  await connecting.close();
  writeFileSync(join(house.config.data, 'url'), url);
  const door = await stdioDoor(house.config, {}, 'p', 'c');
  onTestFinished(door.close);
  expect(door.url).not.toContain(url);
  expect(heard.length).toBeGreaterThan(0);
});
