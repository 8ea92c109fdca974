import { describe, expect, test } from 'vitest';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handle } from '../../packages/server/src/kernel/handle.ts';
import { goldenCases } from './cases.ts';
import type { House } from './house.ts';
import { play } from './play.ts';

/** No gateway at all: every call goes straight to its connector. */
function bypassed(house: House): Handle {
  return async (call) => {
    await reach(house, call);
    return { kind: 'result', call: call.id, result: { content: [], _meta: { citation: `trapkey:${call.id}` } }, warnings: [] };
  };
}

/** A gateway that decides, records and answers as it should, and lets everything through all the same. */
function leaking(house: House): Handle {
  return async (call, listeners) => {
    const handled = await house.handle(call, listeners);
    if (handled.kind !== 'result') await reach(house, call);
    return handled;
  };
}

async function reach(house: House, call: Call): Promise<void> {
  const connector =
    house.frame.moment().policy.connectors.get(call.endpoint.connector) ?? [...house.frame.moment().policy.connectors.values()][0];
  if (!connector) throw new Error('the policy has no connector');
  const params = { ...call.extra, name: call.name, arguments: call.args };
  await house.upstream.execute(
    { connector, person: call.credential.person, release: `${call.endpoint.plugin}@${call.endpoint.version}` },
    { method: call.method, params, clientCapabilities: {} },
    { signal: new AbortController().signal },
  );
}

const all = goldenCases().flatMap(({ theme, cases }) => cases.map((golden) => ({ theme, golden })));

describe('the golden cases notice', () => {
  test('when there is no gateway', async () => {
    const passed: string[] = [];
    for (const { theme, golden } of all) if (await passes(() => play(golden, bypassed))) passed.push(`${theme}: ${golden.name}`);
    expect(passed).toEqual([]);
  });

  test('when what was refused or held reaches the connector all the same', async () => {
    const refusing = all.filter(({ golden }) =>
      [golden, ...golden.steps].some(({ expect: wanted }) => wanted && wanted.verdict !== 'allow'),
    );
    expect(refusing.length).toBeGreaterThan(60);
    const passed: string[] = [];
    for (const { theme, golden } of refusing) if (await passes(() => play(golden, leaking))) passed.push(`${theme}: ${golden.name}`);
    expect(passed).toEqual([]);
  });
});

async function passes(run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}
