import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { listenForKeys } from '../lib/keys.ts';
import { applyTheme } from '../lib/theme.ts';
import './app.css';
import { Providers } from './providers.tsx';

applyTheme();
// Parts of an older build are gone once the gateway was upgraded: the page is loaded anew, and with it the newer ones.
addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  location.reload();
});
listenForKeys();
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <Providers />
  </StrictMode>,
);
