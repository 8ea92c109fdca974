import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { licences } from './build/licences.ts';
import { packed } from './build/packed.ts';

/** Nothing inline and nothing from elsewhere: the page's policy allows neither. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), tailwindcss(), licences(), packed({ firstLoadBytesMax: 250_000 })],
  build: {
    target: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8787', '/sign-in': 'http://127.0.0.1:8787', '/assets': 'http://127.0.0.1:8787' } },
});
