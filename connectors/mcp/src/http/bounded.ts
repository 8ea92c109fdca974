/** A response that ends with an error when it, or one event of its stream, grows over the limit. */
export function bounded(response: Response, bytesMax: number): Response {
  if (!response.body) return response;
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let bytes = 0;
  let last = '';
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      // A blank line ends an event, also where it comes in two chunks; an event of endless short lines never ends.
      const text = last + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      const end = streams ? Math.max(text.lastIndexOf('\n\n'), text.lastIndexOf('\r\r'), text.lastIndexOf('\n\r\n')) : -1;
      bytes = end < 0 ? bytes + chunk.length : text.length - end;
      last = text.slice(-2);
      if (bytes > bytesMax) controller.error(new Error(`more than ${bytesMax} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}
