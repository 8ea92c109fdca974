import type { IncomingMessage, ServerResponse } from 'node:http';
import { archivesPath, type Marketplace, marketplacePath } from '../../kernel/marketplace.ts';
import { letFinish } from '../body.ts';
import type { Front } from '../front.ts';
import type { Gates } from '../gates.ts';
import { sourceOf } from '../post.ts';
import { sendError, sendJson } from '../reply.ts';
import { rpcCodes } from '../rpc.ts';

/** Whether a path belongs to the governed marketplace. */
export function isMarketplacePath(path: string): boolean {
  return path === marketplacePath || path.startsWith(archivesPath);
}

/** Serves the list to holders of a token, and the archives to them or to whoever has an address from the list. */
export async function serveMarketplace(
  front: Front,
  marketplace: Marketplace,
  gates: Gates,
  { req, res, path }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly path: string },
): Promise<void> {
  letFinish(req);
  const refuse = (status: number, code: number, message: string, headers?: Readonly<Record<string, string>>) =>
    sendError(res, null, { status, code, message }, headers);
  if (req.method !== 'GET' && req.method !== 'HEAD')
    return refuse(405, rpcCodes.transport, 'The marketplace is read with GET', { allow: 'GET, HEAD' });
  const key = new URLSearchParams((req.url ?? '').split('?')[1] ?? '').get('k') ?? undefined;
  const open = path !== marketplacePath && key !== undefined;
  const who = open ? undefined : await front.authenticate(req.headers.authorization, marketplacePath, front.clock(), sourceOf(req));
  if (who && 'wwwAuthenticate' in who) return refuse(who.status, rpcCodes.notLetIn, who.says, { 'www-authenticate': who.wwwAuthenticate });
  const leave = gates.enter(who?.id ?? `archive ${sourceOf(req)}`, 'call');
  if (typeof leave === 'string') return refuse(429, rpcCodes.busy, leave, { 'retry-after': '1' });
  try {
    if (path === marketplacePath && who) return sendJson(res, 200, `${JSON.stringify(await marketplace.list(who), null, 2)}\n`);
    const archive = await marketplace.archive(path, key, who);
    if (!archive)
      return refuse(
        404,
        rpcCodes.transport,
        'There is no such archive: the release is not served any more, or the address is of an earlier day. Update the marketplace.',
      );
    res.writeHead(200, { 'content-type': 'application/zip', 'content-length': archive.length, 'cache-control': 'no-store' });
    res.end(req.method === 'HEAD' ? undefined : archive);
  } finally {
    leave();
  }
}
