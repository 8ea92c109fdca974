import type { TelemetryEvent } from '../../kernel/telemetry.ts';
import { eventOf, knownAttributes } from './event.ts';
import { attributesOf, listIn, numberOf, objectIn, own, scalar } from './values.ts';

/** What a delivery holds: what can be used, and how much cannot. */
export interface ReadDelivery {
  readonly events: readonly TelemetryEvent[];
  readonly rejected: number;
  /** Why the first of them cannot. */
  readonly says: string | undefined;
}

type Via = TelemetryEvent['via'];

/** Where the items stand in each kind of delivery: resources, scopes, items. */
const places: Readonly<Record<Via, readonly [string, string, string]>> = {
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
};

/** Reads the items of a delivery. An item that names no session or is malformed is rejected; one of another sender is passed over. */
export function readDelivery(via: Via, message: unknown, itemsMax: number): ReadDelivery {
  const events: TelemetryEvent[] = [];
  let [items, rejected] = [0, 0];
  let says: string | undefined;
  const [resources, scopes, records] = places[via];
  for (const resource of listIn(message, resources)) {
    const shared = new Map<string, string | number | boolean>();
    attributesOf(listIn(objectIn(resource, 'resource'), 'attributes'), knownAttributes, shared);
    for (const record of listIn(resource, scopes)
      .flatMap((scope) => listIn(scope, records))
      .flatMap((one) => itemsOf(via, one))) {
      const event = ++items > itemsMax ? `A delivery holds at most ${itemsMax} items; send less at once` : readItem(via, record, shared);
      if (typeof event === 'object') events.push(event);
      else if (event !== undefined) {
        rejected++;
        says ??= event;
      }
    }
  }
  return { events, rejected, says };
}

interface Item {
  readonly name: unknown;
  readonly at: unknown;
  readonly attributes: readonly unknown[];
}

/** A metric is as many items as it has points. */
function itemsOf(via: Via, record: unknown): readonly Item[] {
  if (via !== 'metrics') {
    const name = via === 'traces' ? own(record, 'name') : (own(record, 'eventName') ?? scalar(objectIn(record, 'body')));
    const at = via === 'traces' ? own(record, 'startTimeUnixNano') : (own(record, 'timeUnixNano') ?? own(record, 'observedTimeUnixNano'));
    return [{ name, at, attributes: listIn(record, 'attributes') }];
  }
  const points = ['sum', 'gauge', 'histogram'].flatMap((kind) => listIn(objectIn(record, kind), 'dataPoints'));
  return points.map((point) => {
    return { name: own(record, 'name'), at: own(point, 'timeUnixNano'), attributes: listIn(point, 'attributes') };
  });
}

function readItem(via: Via, { name, at, attributes }: Item, shared: ReadonlyMap<string, string | number | boolean>) {
  const known = new Map(shared);
  attributesOf(attributes, knownAttributes, known);
  const named = known.get('event.name') ?? name;
  if (typeof named !== 'string') return 'An item has no name';
  return eventOf({ via, name: named, saidAtMs: (numberOf(at) ?? 0) / 1_000_000, attributes: known });
}
