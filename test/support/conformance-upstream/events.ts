import { randomUUID } from 'node:crypto';
import type { EventStore } from '@modelcontextprotocol/server';

/** Keeps what was sent on the streams of one session, so that a client that lost its stream can take it up again. */
export function eventStore(): EventStore {
  const sent: { id: string; stream: string; message: Parameters<EventStore['storeEvent']>[1] }[] = [];
  return {
    async storeEvent(stream, message) {
      const id = randomUUID();
      sent.push({ id, stream, message });
      return id;
    },
    async replayEventsAfter(lastId, { send }) {
      const at = sent.findIndex((event) => event.id === lastId);
      const stream = sent[at]?.stream ?? '';
      for (const event of sent.slice(at + 1)) {
        if (event.stream === stream && Object.keys(event.message).length > 0) await send(event.id, event.message);
      }
      return stream;
    },
  };
}
