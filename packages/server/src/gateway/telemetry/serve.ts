import type { IncomingMessage, ServerResponse } from 'node:http';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { limitBy } from '../../kernel/rate.ts';
import { type TelemetryEvent, telemetryPath } from '../../kernel/telemetry.ts';
import { letFinish, readBody } from '../body.ts';
import type { Front } from '../front.ts';
import type { Gates } from '../gates.ts';
import { sourceOf } from '../post.ts';
import { sendRefused, sendTaken } from './answers.ts';
import { decode, type Encoding, encodingOf } from './body.ts';
import type { TelemetryDoors } from './doors.ts';
import { readDelivery } from './read.ts';

/** Deliveries of one credential, and of one address: a few at once, then so many in a second. */
const rate = { burst: 200, perSecond: 50 };
const itemsMax = 5_000;

const paths: ReadonlyMap<string, TelemetryEvent['via']> = new Map([
  [`${telemetryPath}/logs`, 'logs'],
  [`${telemetryPath}/traces`, 'traces'],
  [`${telemetryPath}/metrics`, 'metrics'],
]);

/** Whether a path is one that telemetry is delivered to. */
export function isTelemetryPath(path: string): boolean {
  return paths.has(path);
}

/** What of the front counts deliveries; each front its own. */
const limits = new WeakMap<Front, Readonly<Record<'credential' | 'source', ReturnType<typeof limitBy>>>>();

function limitsOf(front: Front) {
  const known = limits.get(front) ?? { credential: limitBy(rate), source: limitBy(rate) };
  limits.set(front, known);
  return known;
}

interface Serving {
  readonly front: Front;
  readonly gates: Gates;
  readonly doors: TelemetryDoors;
  readonly via: TelemetryEvent['via'];
}

/** Takes one delivery of OTLP over HTTP: identity first, then how often and how much, and only then what it says. */
export async function serveTelemetry(
  front: Front,
  doors: TelemetryDoors,
  gates: Gates,
  { req, res, path }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly path: string },
): Promise<void> {
  const via = paths.get(path) ?? 'logs';
  const mayDeliver = limitsOf(front);
  const encoding = encodingOf(req.headers['content-type']);
  const refuse = (status: number, says: string, headers?: Readonly<Record<string, string>>) => {
    letFinish(req);
    sendRefused(res, encoding ?? 'json', status, says, headers);
  };
  if (req.method !== 'POST') return refuse(405, 'Telemetry is delivered by POST', { allow: 'POST' });
  const [source, atMs] = [sourceOf(req), front.clock()];
  const who = await front.authenticate(req.headers.authorization, telemetryPath, atMs, source);
  if ('wwwAuthenticate' in who) return refuse(who.status, who.says, { 'www-authenticate': who.wwwAuthenticate });
  if (!mayDeliver.credential(who.id, atMs) || !mayDeliver.source(source, atMs))
    return refuse(429, 'Deliveries come faster than they are taken', { 'retry-after': '1' });
  if (!encoding) return refuse(415, 'The Content-Type must be application/json or application/x-protobuf');
  const leave = gates.enter(who.id, 'call');
  if (typeof leave === 'string') return refuse(429, leave, { 'retry-after': '1' });
  try {
    await taken({ front, gates, doors, via }, { req, res, encoding, person: who.person }, refuse);
  } finally {
    leave();
  }
}

async function taken(
  { front, gates, doors, via }: Serving,
  {
    req,
    res,
    encoding,
    person,
  }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly encoding: Encoding; readonly person: string },
  refuse: (status: number, says: string, headers?: Readonly<Record<string, string>>) => void,
): Promise<void> {
  const { bodyBytesMax, depthMax } = front.config;
  const body = await readBody(req, bodyBytesMax, gates.bodies);
  if ('gone' in body) return;
  if ('noRoom' in body) return refuse(503, 'The gateway is reading as much as it may already', { 'retry-after': '1' });
  if ('tooLarge' in body) return refuse(413, `The body is over ${bodyBytesMax} bytes`);
  const packed = req.headers['content-encoding'];
  const decoded = await decode(body.bytes, { via, encoding, packed }, { bytesMax: bodyBytesMax, depthMax });
  if ('status' in decoded) return refuse(decoded.status, decoded.says);
  const delivery = readDelivery(via, decoded.message, itemsMax);
  try {
    await doors.take({ person, events: delivery.events });
  } catch (error) {
    if (!(error instanceof RecordUnavailable)) throw error;
    return refuse(503, 'The record cannot be written now', { 'retry-after': '5' });
  }
  sendTaken(res, { via, encoding }, delivery);
}
