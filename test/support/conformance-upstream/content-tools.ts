import type { McpServer } from '@modelcontextprotocol/server';
import { png, say, wav } from './fixtures.ts';

/** Tools that answer with each kind of content, and one that fails. */
export function contentTools(server: McpServer): void {
  server.registerTool('test_simple_text', { description: 'Answers a text' }, async () =>
    say('This is a simple text response for testing.'),
  );
  server.registerTool('test_image_content', { description: 'Answers an image' }, async () => ({
    content: [{ type: 'image' as const, data: png, mimeType: 'image/png' }],
  }));
  server.registerTool('test_audio_content', { description: 'Answers a sound' }, async () => ({
    content: [{ type: 'audio' as const, data: wav, mimeType: 'audio/wav' }],
  }));
  server.registerTool('test_embedded_resource', { description: 'Answers an embedded resource' }, async () => ({
    content: [
      {
        type: 'resource' as const,
        resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'This is an embedded resource content.' },
      },
    ],
  }));
  server.registerTool('test_multiple_content_types', { description: 'Answers text, image and resource together' }, async () => ({
    content: [
      { type: 'text' as const, text: 'Multiple content types test:' },
      { type: 'image' as const, data: png, mimeType: 'image/png' },
      {
        type: 'resource' as const,
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  }));
  server.registerTool('test_error_handling', { description: 'Always fails' }, async () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}
