/** A response that ends with an error when it, or one event of its stream, grows over the limit. */
export function bounded(response: Response, bytesMax: number): Response {
  if (!response.body) return response;
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      // The end of a line may be the end of an event; a single event over the limit has lines over a share of it.
      bytes = streams && chunk.includes(10) ? chunk.length - chunk.lastIndexOf(10) : bytes + chunk.length;
      if (bytes > bytesMax) controller.error(new Error(`more than ${bytesMax} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}
