import { postForReply } from './api.ts';

/** Sends what is answered with a file, and lets the browser keep it. Gives its name. */
export async function postForFile(path: string, body: unknown): Promise<string> {
  const reply = await postForReply(path, body);
  const name = /filename="([^"]+)"/.exec(reply.headers.get('content-disposition') ?? '')?.[1] ?? 'export';
  const address = URL.createObjectURL(await reply.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return name;
}
