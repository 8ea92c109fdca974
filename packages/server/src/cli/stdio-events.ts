/** One event of an SSE stream. */
export interface SseEvent {
  readonly id: string | undefined;
  readonly data: string;
}

const eventCharactersMax = 64 * 1024 * 1024;

/** Reads an SSE stream event by event; comments are skipped. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true }).replaceAll('\r\n', '\n');
    if (text.length > eventCharactersMax) throw new Error('an event is too large');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = readEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) yield event;
    }
  }
}

function readEvent(block: string): SseEvent | undefined {
  const data: string[] = [];
  let id: string | undefined;
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.startsWith('data:')) data.push(value);
    if (line.startsWith('id:')) id = value;
  }
  return data.length === 0 && id === undefined ? undefined : { id, data: data.join('\n') };
}
