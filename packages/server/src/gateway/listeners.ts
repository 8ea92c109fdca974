import type { JsonObject } from '@trapkey/contract/json.ts';
import type { CallListeners } from '../kernel/handle.ts';
import type { Offered } from '../kernel/offer.ts';
import { ask, unfit } from './asks.ts';
import { cleanJson, cleanText } from './clean.ts';
import { metaKeys, metaOf } from './era.ts';
import type { Front } from './front.ts';
import { notificationText } from './rpc.ts';
import { progressToken, type Running } from './running.ts';

const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const changes = new Set(['notifications/tools/list_changed', 'notifications/prompts/list_changed', 'notifications/resources/list_changed']);

/** What an upstream may say and ask while a call is open: progress as numbers, log data cleaned and cut, questions as policy allows. */
export function listenersOf(front: Front, running: Running, offered: Offered | undefined, signal: AbortSignal): CallListeners {
  const { request, line, session, client } = running;
  const token = progressToken(request);
  let left = front.config.notificationsPerCallMax;
  const say = (method: string, params: JsonObject) => {
    if (left-- > 0) line.send(notificationText(method, params));
  };
  return {
    signal,
    ...(token !== undefined && {
      progress: (progress: number, total: number | undefined) => {
        if (Number.isFinite(progress))
          say('notifications/progress', { progressToken: token, progress, ...(Number.isFinite(total) && { total: total as number }) });
      },
    }),
    notification: (method, params) => {
      if (method === 'notifications/message') {
        const message = logMessage(
          params,
          session ? session.logLevel : metaOf(request.params)[metaKeys.logLevel],
          session !== undefined,
          front.config.notificationCharsMax,
        );
        if (message) say(method, message);
      } else if (session && changes.has(method)) say(method, {});
    },
    ...(session &&
      offered && {
        serverRequest: async (asked) =>
          unfit(asked, offered.asks, client.capabilities) ? undefined : ask(session, line, asked, front.config.askTimeoutMs, signal),
      }),
  };
}

/** A log message as it may pass: level, logger and data, cleaned. The stateless revision hears only what it asked for. */
function logMessage(params: JsonObject, least: unknown, byDefault: boolean, charsMax: number): JsonObject | undefined {
  const { level, logger, data } = params;
  const rank = typeof level === 'string' ? levels.indexOf(level) : -1;
  if (rank < 0 || (least === undefined && !byDefault)) return undefined;
  if (least !== undefined && rank < levels.indexOf(String(least))) return undefined;
  return {
    level: level as string,
    ...(typeof logger === 'string' && { logger: cleanText(logger, 100) }),
    data: cleanJson(data ?? null, charsMax),
  };
}

export function isLogLevel(level: unknown): level is string {
  return typeof level === 'string' && levels.includes(level);
}
