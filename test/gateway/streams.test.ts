import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterEach, expect, it } from 'vitest';
import { type Desk, done, events, modern, openDesk, session, textResult } from './front.ts';

let desk: Desk;
afterEach(() => desk.gateway.close());

const echo = { name: 'echo', arguments: {} };

/** A promise, and the way to keep it. */
function promised<T>() {
  let keep: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

it('opens a stream before a client gives up, where a call takes long', async () => {
  const finish = promised<void>();
  desk = await openDesk({ streamAfterMs: 20 });
  desk.answer = async (call) => {
    await finish.promise;
    return done(call, textResult('late'));
  };
  const response = await modern(desk.url, 'tools/call', echo);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  finish.keep();
  const heard: string[] = [];
  for await (const { data } of events(response)) heard.push(data);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain('late');
});

it('cancels what ran for a client that went away', async () => {
  const cancelled = promised<string>();
  const began = promised<void>();
  desk = await openDesk();
  desk.answer = (call, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        cancelled.keep('cancelled');
        resolve(done(call, textResult('too late')));
      });
      began.keep();
    });
  const abort = new AbortController();
  const response = modern(desk.url, 'tools/call', echo, {}, { signal: abort.signal }).catch(() => 'gone');
  await began.promise;
  abort.abort();
  expect(await response).toBe('gone');
  expect(await cancelled.promise).toBe('cancelled');
  desk.answer = async (call) => done(call, textResult('still here'));
  expect((await modern(desk.url, 'tools/call', echo)).status).toBe(200);
});

it('cancels what a session asks to cancel, and only that', async () => {
  const cancelled = promised<string>();
  const began = promised<void>();
  desk = await openDesk();
  desk.answer = (call, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        cancelled.keep('cancelled');
        resolve(done(call, textResult('x')));
      });
      began.keep();
    });
  const old = await session(desk.url);
  const other = await session(desk.url);
  const response = old.post({ id: 5, method: 'tools/call', params: echo });
  await began.promise;
  await other.post({ method: 'notifications/cancelled', params: { requestId: 5 } });
  await old.post({ method: 'notifications/cancelled', params: { requestId: 5, reason: 'changed my mind' } });
  expect(await cancelled.promise).toBe('cancelled');
  await (await response).text();
});

it('lets a 2025-11-25 client come back to a stream that broke off', async () => {
  const began = promised<void>();
  const finish = promised<void>();
  desk = await openDesk();
  desk.answer = async (call, { progress, signal }) => {
    await progress?.(1, 3);
    began.keep();
    await finish.promise;
    await progress?.(2, 3);
    return done(call, textResult(signal.aborted ? 'was cancelled' : 'whole'));
  };
  const old = await session(desk.url);
  const abort = new AbortController();
  const first = await old.post({ id: 1, method: 'tools/call', params: { ...echo, _meta: { progressToken: 1 } } }, { signal: abort.signal });
  const reading = events(first);
  const priming = (await reading.next()).value;
  expect(priming).toMatchObject({ data: '' });
  const progress = (await reading.next()).value;
  await began.promise;
  abort.abort();
  await expect(reading.next()).rejects.toThrow();
  finish.keep();
  const again = await fetch(desk.url, { headers: { ...old.headers, accept: 'text/event-stream', 'last-event-id': progress?.id ?? '' } });
  const heard: JsonObject[] = [];
  for await (const { data } of events(again)) heard.push(JSON.parse(data) as JsonObject);
  expect(heard).toMatchObject([{ params: { progress: 2 } }, { id: 1, result: { content: [{ text: 'whole' }] } }]);
  const stranger = await session(desk.url, '2025-11-25', {}, 'bob');
  const stolen = await fetch(desk.url, {
    headers: { ...stranger.headers, accept: 'text/event-stream', 'last-event-id': progress?.id ?? '' },
  });
  expect(stolen.status).toBe(400);
});

it('cancels when nobody comes back in time', async () => {
  const cancelled = promised<string>();
  desk = await openDesk({ resumeGraceMs: 10 });
  desk.answer = (call, { signal, progress }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        cancelled.keep('cancelled');
        resolve(done(call, textResult('x')));
      });
      progress?.(1, 1);
    });
  const old = await session(desk.url);
  const abort = new AbortController();
  const first = await old.post({ id: 1, method: 'tools/call', params: { ...echo, _meta: { progressToken: 1 } } }, { signal: abort.signal });
  await events(first).next();
  abort.abort();
  expect(await cancelled.promise).toBe('cancelled');
});

it('tells sessions and subscribers what changed: theirs, and what they asked for', async () => {
  desk = await openDesk();
  const old = await session(desk.url);
  const standing = await fetch(desk.url, { headers: { ...old.headers, accept: 'text/event-stream' } });
  const heardBySession = events(standing);
  await heardBySession.next();
  await old.post({ id: 1, method: 'resources/subscribe', params: { uri: 'note://1' } });
  const listen = { notifications: { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['note://1'] } };
  const heardByListener = events(await modern(desk.url, 'subscriptions/listen', listen));
  expect(JSON.parse((await heardByListener.next()).value?.data ?? '')).toEqual({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    // Prompts are left out: the upstream does not say when they change.
    params: {
      notifications: { toolsListChanged: true, resourceSubscriptions: ['note://1'] },
      _meta: { 'io.modelcontextprotocol/subscriptionId': 1 },
    },
  });
  desk.gateway.notifyListChanged('another', 'tools');
  desk.gateway.notifyListChanged('notes', 'prompts');
  desk.gateway.notifyListChanged('notes', 'tools');
  desk.gateway.notifyResourceUpdated('notes', 'note://2');
  desk.gateway.notifyResourceUpdated('notes', 'note://1', 'ann');
  const next = async (from: typeof heardBySession) =>
    JSON.parse((await from.next()).value?.data ?? '') as { method: string; params: JsonObject };
  expect([await next(heardBySession), await next(heardBySession), await next(heardBySession)].map((one) => one.method)).toEqual([
    'notifications/prompts/list_changed',
    'notifications/tools/list_changed',
    'notifications/resources/updated',
  ]);
  expect(await next(heardByListener)).toMatchObject({ method: 'notifications/tools/list_changed' });
  expect(await next(heardByListener)).toMatchObject({ method: 'notifications/resources/updated', params: { uri: 'note://1' } });
  await desk.gateway.close();
  expect(await next(heardByListener)).toMatchObject({ id: 1, result: { resultType: 'complete' } });
});
